import type { Values } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { Link } from '#src/wire/link.js'
import { FLAG, KIND, type Packet } from '#src/wire/packet.js'
import type { Random } from './random.ts'
import type { SimClock } from './sim-clock.ts'

interface Task {
  readonly packet: Packet
  readonly outputs: number
  given: number
  taken: number
  cancelled: boolean
}

/** What a worker does with packets: it works on one set after the other and gives each its outputs, on credit. */
export class SimWorker {
  readonly #clock: SimClock
  readonly #random: Random
  readonly #window: number
  readonly #fault: (what: string) => void
  readonly #crash: () => void
  readonly #tasks: Task[] = []
  #busy: unknown
  #last = 0
  link: Link | null = null
  dead = false

  constructor(
    clock: SimClock,
    random: Random,
    window: number,
    told: { readonly fault: (what: string) => void; readonly crash: () => void },
  ) {
    this.#clock = clock
    this.#random = random
    this.#window = window
    this.#fault = told.fault
    this.#crash = told.crash
  }

  accept(packet: Packet): void {
    if (packet.kind === KIND.data) {
      const { n } = packet.values as { n: number }
      if (packet.seq <= this.#last) this.#fault(`the worker got packet ${packet.seq} after ${this.#last}`)
      this.#last = packet.seq
      if (!intact(packet.values.body as Uint8Array, n)) this.#fault(`input ${n} arrived damaged`)
      this.#tasks.push({ packet, outputs: packet.values.outputs as number, given: 0, taken: 0, cancelled: false })
      if (this.#tasks.length > this.#window) this.#fault(`the worker has ${this.#tasks.length} of ${this.#window}`)
    }
    if (packet.kind === KIND.open) this.#answer(packet, KIND.ready, { window: this.#window }, FLAG.last)
    if (packet.kind === KIND.credit) {
      const task = this.#tasks.find((each) => each.packet.seq === packet.of)
      if (task !== undefined) task.taken = packet.values.taken as number
    }
    if (packet.kind === KIND.interrupt) this.#interrupt(packet.of)
    this.#work()
  }

  die(): void {
    this.dead = true
    this.#clock.clearTimeout(this.#busy)
    this.link?.close()
  }

  #interrupt(seq: number): void {
    const index = this.#tasks.findIndex((task) => task.packet.seq === seq)
    const task = this.#tasks[index]
    if (task === undefined) return
    task.cancelled = true
    if (index === 0 && this.#busy !== undefined && this.#random.chance(0.5)) return // deaf until its next step
    this.#giveUp(task)
  }

  #giveUp(task: Task): void {
    const [first] = this.#tasks
    this.#tasks.splice(this.#tasks.indexOf(task), 1)
    if (first === task) {
      this.#clock.clearTimeout(this.#busy)
      this.#busy = undefined
    }
    this.#answer(task.packet, KIND.error, { code: 'ANB_CANCELLED', message: 'interrupted', fields: {} }, FLAG.last)
  }

  #work(): void {
    const [task] = this.#tasks
    if (this.#busy !== undefined || task === undefined || this.dead) return
    if (task.given - task.taken >= LIMITS.outputs_ahead) return // no credit
    const time = this.#random.chance(0.3) ? this.#random.next() * 50 : this.#random.next()
    this.#busy = this.#clock.setTimeout(() => {
      this.#busy = undefined
      if (task.packet.values.poison === true) return this.#crash()
      if (task.cancelled) this.#giveUp(task)
      else this.#step(task)
      this.#work()
    }, time)
  }

  #step(task: Task): void {
    const { packet, outputs } = task
    const { n } = packet.values as { n: number }
    if (outputs === 1) {
      this.#tasks.shift()
      return this.#answer(packet, KIND.data, this.#output(n, 0, packet), FLAG.last)
    }
    if (task.given < outputs) return this.#answer(packet, KIND.data, this.#output(n, task.given++, packet), 0)
    this.#tasks.shift()
    this.#answer(packet, KIND.end, {}, FLAG.last)
  }

  #output(n: number, k: number, { values }: Packet): Values {
    return { n, k, ...(k === 0 && { body: bodyOf(n, (values.body as Uint8Array).length) }) }
  }

  #answer(to: Packet, kind: Packet['kind'], values: Values, flags: number): void {
    const { attempt, epoch, pts, seq } = to
    this.link?.send({ kind, attempt, epoch, flags, pts, rest: null, values, of: seq }, false, (error) =>
      this.#fault(`the worker could not send: ${error}`),
    )
  }
}

/** Bytes that tell which input they belong to. */
export function bodyOf(n: number, length: number): Uint8Array {
  const body = new Uint8Array(length)
  for (let index = 0; index < length; index++) body[index] = byteAt(n, index)
  return body
}

export function intact(body: Uint8Array, n: number): boolean {
  for (let index = 0; index < body.length; index++) if (body[index] !== byteAt(n, index)) return false
  return true
}

const byteAt = (n: number, index: number) => (n * 31 + index * 7) & 0xff
