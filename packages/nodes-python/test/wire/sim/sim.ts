import { isAnabranchError, type Values, WorkerLostError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { Call } from '#src/wire/call.js'
import { Channel } from '#src/wire/channel.js'
import { decodeMessage } from '#src/wire/decode.js'
import { Link } from '#src/wire/link.js'
import { KIND, type Packet } from '#src/wire/packet.js'
import { Random } from './random.ts'
import { SimClock } from './sim-clock.ts'
import { SimWire } from './sim-wire.ts'
import { bodyOf, intact, SimWorker } from './sim-worker.ts'

/** What one run met. */
export interface SimResult {
  /** Which law broke, and how; null where all held. */
  readonly failure: string | null
  readonly calls: number
  readonly lost: number
  readonly crashes: number
  readonly resent: number
  readonly messages: number
}

/** One input, as its caller sees it. */
interface Tracked {
  readonly values: Values
  readonly outputs: number
  call: Call | null
  attempts: number
  /** Outputs of this attempt that came, and those that wait for their reader. */
  came: number
  unread: number
  interrupted: boolean
  end: 'done' | 'lost' | 'cancelled' | 'poison' | null
}

/** Small, so that values are split. */
const MESSAGE_BYTES = 2048
const FAULTY_MS = 4000
/** After the faults everything must be settled within this time. */
const SETTLED_MS = 20_000
const EVENTS = 200_000

/** One host, one node and a bad day, in virtual time: everything that happens is decided by the seed. */
export function simulate(seed: number): SimResult {
  return new Sim(seed).run()
}

class Sim {
  readonly #clock = new SimClock()
  readonly #random: Random
  readonly #window: number
  readonly #retrySafe: boolean
  readonly #out: SimWire
  readonly #back: SimWire
  readonly #channel: Channel
  readonly #tracked: Tracked[] = []
  readonly #count: number
  readonly #ahead: number
  #failure: string | null = null
  #link: Link | null = null
  #worker: SimWorker | null = null
  #generation = 0
  #crashes = 0
  #lost = 0
  #resent = 0
  #next = 0
  #faulty = true
  /** Links that will be flushed soon. */
  readonly #stirred = new Set<Link>()

  constructor(seed: number) {
    const random = new Random(seed)
    this.#random = random
    this.#window = random.of([1, 2, 8, 32])
    this.#retrySafe = random.chance(0.5)
    const faults = {
      drop: random.of([0, 0, 0.05, 0.3]),
      duplicate: random.of([0, 0.05, 0.3]),
      late: random.of([0, 0.05, 0.2]),
      delayMs: random.of([0.2, 1, 20]),
    }
    this.#out = new SimWire(this.#clock, random, faults)
    this.#back = new SimWire(this.#clock, random, faults)
    this.#channel = new Channel('sim', this.#window)
    this.#count = 10 + random.below(50)
    this.#ahead = 1 + random.below(40)
  }

  run(): SimResult {
    const random = this.#random
    this.#start()
    for (let crash = random.of([0, 0, 1, 3]); crash > 0; crash--)
      this.#at(random.next() * FAULTY_MS, () => this.#crash())
    for (let cut = random.of([0, 0, 1, 4]); cut > 0; cut--) this.#at(random.next() * FAULTY_MS, () => this.#partition())
    this.#at(FAULTY_MS, () => {
      this.#faulty = false
      this.#out.heal()
      this.#back.heal()
    })
    this.#submit()
    let events = 0
    while (this.#failure === null) {
      if (!this.#clock.step()) break
      this.#check()
      if (++events > EVENTS) this.#fault(`${EVENTS} events and no end`)
      if (this.#clock.now() > FAULTY_MS + SETTLED_MS) this.#fault(`not settled ${SETTLED_MS} ms after the last fault`)
    }
    this.#checkEnd()
    this.#resent += this.#link?.counts.resent ?? 0
    return {
      failure: this.#failure,
      calls: this.#tracked.length,
      lost: this.#lost,
      crashes: this.#crashes,
      resent: this.#resent,
      messages: this.#out.sent + this.#back.sent,
    }
  }

  #at(ms: number, run: () => void): void {
    this.#clock.setTimeout(run, ms)
  }

  // ── the caller ──────────────────────────────────────────────────────────────────────────────────────────────────

  #submit(): void {
    const random = this.#random
    while (this.#next < this.#count && this.#tracked.filter(({ end }) => end === null).length < this.#ahead) {
      const n = this.#next++
      const outputs = random.of([1, 1, 1, 1, 0, 3, 25])
      const large = random.chance(0.1)
      const body = bodyOf(n, large ? 1000 + random.below(20_000) : random.below(300))
      const poison = random.chance(0.01)
      const tracked: Tracked = {
        values: { n, outputs, body, ...(poison && { poison }) },
        outputs,
        call: null,
        attempts: 0,
        came: 0,
        unread: 0,
        interrupted: false,
        end: null,
      }
      this.#tracked.push(tracked)
      this.#send(tracked)
      if (random.chance(0.15)) this.#at(random.next() * 300, () => this.#interrupt(tracked))
    }
  }

  #send(tracked: Tracked): void {
    tracked.attempts++
    tracked.came = 0
    tracked.unread = 0
    tracked.call = null
    const n = tracked.values.n as number
    tracked.call = this.#channel.call(
      KIND.data,
      tracked.values,
      { attempt: tracked.attempts, epoch: n % 3 },
      {
        output: (values) => {
          if (values.n !== n || values.k !== tracked.came)
            this.#fault(`input ${n}: output ${values.n}/${values.k} came as ${tracked.came}`)
          if (values.body !== undefined && !intact(values.body as Uint8Array, n))
            this.#fault(`output of ${n} is damaged`)
          tracked.came++
          tracked.unread++
          if (tracked.outputs > 1) this.#at(this.#random.next() * 3, () => this.#read(tracked, tracked.call))
        },
        done: () => {
          if (tracked.came !== tracked.outputs)
            this.#fault(`input ${n} is done after ${tracked.came} of ${tracked.outputs} outputs`)
          this.#end(tracked, 'done')
        },
        failed: (error) => this.#failed(tracked, error),
      },
    )
  }

  #read(tracked: Tracked, call: Call | null): void {
    if (call === null || tracked.call !== call) return
    tracked.unread--
    this.#channel.took(call)
  }

  #failed(tracked: Tracked, error: unknown): void {
    const n = tracked.values.n
    if (!isAnabranchError(error)) return this.#fault(`input ${n}: ${error}`)
    if (error.code === 'ANB_CANCELLED') {
      if (!tracked.interrupted) this.#fault(`input ${n} was cancelled, and nobody asked for it`)
      return this.#end(tracked, 'cancelled')
    }
    if (error.code !== 'ANB_WORKER_LOST') return this.#fault(`input ${n}: ${error.code} ${error.message}`)
    if (!error.retryable) {
      if (tracked.attempts < 2) this.#fault(`input ${n} is poison after ${tracked.attempts} attempts`)
      return this.#end(tracked, 'poison')
    }
    this.#lost++
    if (!this.#retrySafe) return this.#end(tracked, 'lost')
    const wait = 100 * 2 ** (tracked.attempts - 1)
    if (tracked.interrupted) return this.#end(tracked, 'lost')
    this.#at(wait, () => this.#send(tracked))
  }

  #end(tracked: Tracked, how: NonNullable<Tracked['end']>): void {
    if (tracked.end !== null) this.#fault(`input ${tracked.values.n} ended twice: ${tracked.end}, ${how}`)
    tracked.end = how
    this.#at(0, () => this.#submit())
  }

  /** The one that is meant, or the one that is most likely at work. */
  #interrupt(meant: Tracked): void {
    const oldest = this.#tracked.find(({ end }) => end === null)
    const tracked = this.#random.chance(0.5) ? meant : (oldest ?? meant)
    if (tracked.end !== null) return
    tracked.interrupted = true
    if (tracked.call !== null) this.#channel.leave(tracked.call)
  }

  // ── host and worker ─────────────────────────────────────────────────────────────────────────────────────────────

  #start(): void {
    const generation = ++this.#generation
    const worker: SimWorker = new SimWorker(this.#clock, this.#random, this.#window, {
      fault: (what) => this.#fault(what),
      crash: () => this.#crash(),
    })
    const link: Link = this.#linkTo(
      generation,
      this.#out,
      (packet) => this.#channel.receive(packet),
      (bytes) => {
        if (!worker.dead) this.#arrive(worker.link, bytes)
      },
    )
    worker.link = this.#linkTo(
      generation,
      this.#back,
      (packet) => worker.accept(packet),
      (bytes) => {
        // A dead worker's messages may still arrive, at the link of the next one.
        this.#arrive(this.#link, bytes)
      },
    )
    this.#worker = worker
    this.#link = link
    this.#channel.open(link, { node_type: 'Sim' }).catch(() => undefined)
  }

  #arrive(link: Link | null, bytes: Uint8Array): void {
    try {
      link?.receive(decodeMessage(bytes), bytes.length)
    } catch (error) {
      this.#fault(`an end refused what the other one said: ${(error as Error).message}`)
    }
  }

  #linkTo(
    generation: number,
    wire: SimWire,
    deliver: (packet: Packet) => void,
    arrive: (bytes: Uint8Array) => void,
  ): Link {
    const link: Link = new Link({
      session: 'i1',
      generation,
      messageBytes: MESSAGE_BYTES,
      clock: this.#clock,
      deliver,
      publish: (bytes) => {
        if (bytes.length > MESSAGE_BYTES) this.#fault(`a message of ${bytes.length} bytes`)
        wire.send(bytes, arrive)
      },
      stir: () => {
        if (this.#stirred.has(link)) return
        this.#stirred.add(link)
        this.#at(0, () => {
          this.#stirred.delete(link)
          link.flush()
        })
      },
    })
    return link
  }

  #crash(): void {
    const worker = this.#worker
    const link = this.#link
    if (worker === null || link === null) return
    this.#worker = null
    this.#crashes++
    worker.die()
    this.#at(this.#random.next() * 5, () => {
      this.#resent += link.counts.resent
      link.close()
      this.#link = null
      const before = this.#lost
      this.#channel.lost(new WorkerLostError('the worker crashed'))
      if (this.#lost - before > this.#window) this.#fault(`${this.#lost - before} lost, window ${this.#window}`)
      this.#at(100, () => this.#start())
    })
  }

  /** One or both ends are without a connection for a while; sometimes an end does not notice. */
  #partition(): void {
    if (!this.#faulty) return
    const noticed = this.#random.chance(0.5)
    const links = [this.#link, this.#worker?.link ?? null]
    this.#out.cut = true
    this.#back.cut = this.#random.chance(0.7)
    if (noticed) for (const link of links) link?.connection(false)
    this.#at(this.#random.next() * 1500, () => {
      this.#out.cut = false
      this.#back.cut = false
      if (noticed) for (const link of links) link?.connection(true)
    })
  }

  // ── the laws ────────────────────────────────────────────────────────────────────────────────────────────────────

  #check(): void {
    for (const link of [this.#link, this.#worker?.link]) {
      if (link === null || link === undefined) continue
      const { bytes, kept, queued } = link.load
      if (bytes > MESSAGE_BYTES * 3) this.#fault(`${bytes} bytes on their way`)
      if (kept > 200) this.#fault(`${kept} packets on their way`)
      if (queued > 3 * this.#window + LIMITS.outputs_ahead * this.#window) this.#fault(`${queued} packets wait`)
    }
    for (const { unread, values, end } of this.#tracked)
      if (end === null && unread > LIMITS.outputs_ahead)
        this.#fault(`${unread} outputs of ${values.n} wait for a reader`)
  }

  #checkEnd(): void {
    if (this.#failure !== null) return
    const open = this.#tracked.filter(({ end }) => end === null)
    if (open.length > 0) this.#fault(`${open.length} of ${this.#tracked.length} inputs never ended`)
    if (this.#tracked.length !== this.#count) this.#fault(`${this.#tracked.length} of ${this.#count} were sent`)
    if (this.#channel.inFlight !== 0) this.#fault(`${this.#channel.inFlight} calls are still in flight`)
    const { bytes, kept, queued } = this.#link?.load ?? { bytes: 0, kept: 0, queued: 0 }
    if (bytes + kept + queued > 0) this.#fault(`${kept} packets are not acknowledged, ${queued} not sent`)
    const lost = this.#tracked.filter(({ end }) => end === 'lost' || end === 'poison').length
    if (lost > 0 && this.#crashes === 0) this.#fault(`${lost} lost without a crash`)
    if (this.#retrySafe && this.#tracked.some(({ end, interrupted }) => end === 'lost' && !interrupted))
      this.#fault('a retried input was lost')
    for (const { end, values } of this.#tracked)
      if (values.poison === true && end === 'done') this.#fault(`poison ${values.n} is done`)
  }

  #fault(what: string): void {
    this.#failure ??= `${what} (at ${this.#clock.now().toFixed(1)} ms)`
  }
}
