import { isAnabranchError } from '@anabranch/plugin-sdk'
import { decodeMessage } from '#src/wire/decode.js'
import { createEncoder } from '#src/wire/encode.js'
import { Link } from '#src/wire/link.js'
import type { Ticket } from '#src/wire/outbox.js'
import { SimClock } from './sim/sim-clock.ts'
import { messageOf } from './vectors.ts'

/** One thing that happens to a link, at a time in ms, and all that the link does until the next one. */
export interface Step {
  readonly at: number
  /** A packet without its number, as vectors describe packets. */
  readonly send?: object
  readonly urgent?: boolean
  readonly name?: string
  /** A message of the other end, in hexadecimal. */
  readonly receive?: string
  readonly connection?: boolean
  /** The name of what is taken back. */
  readonly withdraw?: string
  /** What it does: messages, packets handed on, whether it took back, the code that it refuses with, and names with codes. */
  readonly publishes?: readonly string[]
  readonly delivers?: readonly string[]
  readonly withdrawn?: boolean
  readonly refuses?: string
  readonly refused?: Readonly<Record<string, string>>
}

export interface Transcript {
  readonly name: string
  readonly message_bytes: number
  readonly steps: readonly Step[]
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** The steps with what a link did in each; `peer` is given each message as it is published. */
export function play(
  { message_bytes, steps }: Transcript,
  peer: (message: Buffer, at: number) => void = () => undefined,
): Step[] {
  const clock = new SimClock()
  const encoder = createEncoder()
  const tickets = new Map<string, Ticket>()
  let did: { -readonly [Name in keyof Step]: Step[Name] } = { at: 0 }
  const link = new Link({
    session: 'i1',
    generation: 3,
    messageBytes: message_bytes,
    clock,
    publish: (message) => {
      did.publishes = [...(did.publishes ?? []), hex(message)]
      peer(message, clock.now())
    },
    deliver: (packet) => {
      did.delivers = [...(did.delivers ?? []), hex(encoder.packet(packet))]
    },
    stir: () => undefined,
  })
  const advance = (to: number) => {
    if (to === clock.now()) return
    let due = false
    clock.setTimeout(() => {
      due = true
    }, to - clock.now())
    while (!due && clock.step()) link.flush()
  }
  const act = (step: Step) => {
    if (step.send !== undefined) {
      const [packet] = messageOf({ packets: [{ seq: 0, rest: null, ...step.send }] }).packets
      if (packet === undefined) throw new Error('no packet')
      const { seq: _, ...unnumbered } = packet
      const name = step.name ?? ''
      const refused = (error: unknown) => {
        did.refused = { ...did.refused, [name]: codeOf(error) }
      }
      tickets.set(name, link.send(unnumbered, step.urgent ?? false, refused))
    }
    if (step.receive !== undefined) {
      const bytes = Buffer.from(step.receive, 'hex')
      try {
        link.receive(decodeMessage(bytes), bytes.length)
      } catch (error) {
        did.refuses = codeOf(error)
      }
    }
    if (step.connection !== undefined) link.connection(step.connection)
    if (step.withdraw !== undefined) did.withdrawn = link.withdraw(tickets.get(step.withdraw) as Ticket)
  }
  return steps.map((step, index) => {
    const { publishes: _p, delivers: _d, withdrawn: _w, refuses: _r, refused: _f, ...given } = step
    did = { ...given }
    act(step)
    // What is sent at one time may share a message.
    const next = steps[index + 1]
    if (next === undefined || next.at > step.at) link.flush()
    advance(next?.at ?? step.at + 10)
    return did
  })
}

const codeOf = (error: unknown) => (isAnabranchError(error) ? error.code : String(error))
