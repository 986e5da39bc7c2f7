import { decodeMessage } from '#src/wire/decode.js'
import { createEncoder } from '#src/wire/encode.js'
import { Link } from '#src/wire/link.js'
import { FLAG, KIND, type Packet } from '#src/wire/packet.js'
import { Random } from './sim/random.ts'
import { SimClock } from './sim/sim-clock.ts'
import { play, type Step, type Transcript } from './transcript.ts'

const encoder = createEncoder()

const packet = (seq: number, of: number, values: object = { n: seq }, flags = 0): Packet => ({
  kind: KIND.data,
  seq,
  attempt: 1,
  epoch: 0,
  flags,
  pts: 0,
  rest: null,
  values: values as Packet['values'],
  of,
})

/** A message of the other end. */
const said = (ack: number, packets: readonly Packet[] = [], generation = 3, session = 'i1') =>
  encoder.message({ generation, session, ack, packets }).toString('hex')

const numbered = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => packet(first + index, 0))

const data = (n: number, bytes = 0) => ({
  kind: 'data',
  attempt: 1,
  epoch: 0,
  flags: 0,
  pts: 20000 * n,
  values: bytes === 0 ? { n } : { n, body: { $bin: Buffer.alloc(bytes, n).toString('hex') } },
  of: 0,
})
const interrupt = (of: number) => ({ ...data(0), kind: 'interrupt', values: {}, of })

const sent = (count: number, at = 0): Step[] =>
  Array.from({ length: count }, (_, n) => ({ at, send: data(n + 1), name: `${n + 1}` }))

/** What a link is put through. Its answers are not written by hand: see transcripts-main.ts. */
export function scenarios(): Transcript[] {
  const of = (name: string, steps: readonly Step[], message_bytes = 1 << 20) => ({ name, message_bytes, steps })
  return [
    of('what is sent at one time shares messages of 16 packets', sent(20)),
    of('an ack goes with the next message', [
      { at: 0, receive: said(0, numbered(1, 2)) },
      { at: 10, send: data(1) },
      { at: 50, receive: said(1) },
      { at: 400 },
    ]),
    of('an ack goes alone after 20 ms', [{ at: 0, receive: said(0, numbered(1, 2)) }, { at: 19 }, { at: 30 }]),
    of('an ack goes alone after 16 packets', [{ at: 0, receive: said(0, numbered(1, 16)) }, { at: 30 }]),
    of(
      'an ack goes alone after a quarter of a message',
      [{ at: 0, receive: said(0, [packet(1, 0, { body: new Uint8Array(200) })]) }],
      512,
    ),
    of('what came before is dropped and acknowledged again', [
      { at: 0, receive: said(0, numbered(1, 3)) },
      { at: 30, receive: said(0, numbered(1, 4)) },
      { at: 60, receive: said(0, numbered(2, 2)) },
    ]),
    of('what came too early is dropped until it comes in its turn', [
      { at: 0, receive: said(0, numbered(2, 3)) },
      { at: 5, receive: said(0, numbered(1, 1)) },
      { at: 10, receive: said(0, numbered(2, 3)) },
      { at: 40 },
    ]),
    of('what has no number is handed on outside the order', [
      { at: 0, receive: said(0, [packet(0, 0), packet(1, 0)]) },
    ]),
    of('what is not acknowledged is sent again, each time later', [
      ...sent(2),
      { at: 240 },
      { at: 260 },
      { at: 740 },
      { at: 760 },
      { at: 1800 },
      { at: 3800 },
      { at: 5800 },
      { at: 5900, receive: said(1) },
      { at: 6200, receive: said(2) },
      { at: 9000 },
    ]),
    of('a new connection sends again, and says what came', [
      ...sent(3),
      { at: 10, receive: said(1, numbered(1, 2)) },
      { at: 15, connection: false },
      { at: 16, send: data(4), name: '4' },
      { at: 500 },
      { at: 600, connection: true },
      { at: 610, receive: said(4) },
      { at: 2000 },
    ]),
    of('an earlier worker and another session do not count', [
      { at: 0, receive: said(0, numbered(1, 1), 2) },
      { at: 1, receive: said(0, numbered(1, 1), 3, 'i2') },
      { at: 2, receive: said(0, numbered(1, 1)) },
    ]),
    of('an ack of what was never sent is refused', [
      ...sent(1),
      { at: 1, receive: said(2) },
      { at: 2, receive: said(1) },
    ]),
    of(
      'a large value goes in parts, and what is urgent between them',
      [
        { at: 0, send: data(1, 1200), name: 'large' },
        { at: 0, send: data(2), name: 'small' },
        { at: 1, send: interrupt(9), urgent: true, name: 'interrupt' },
        { at: 2, receive: said(1) },
        { at: 3, receive: said(4) },
        { at: 4, receive: said(6) },
        { at: 5, receive: said(10) },
        { at: 6, receive: said(12) },
      ],
      512,
    ),
    of(
      'parts are put together, also around something urgent',
      partsOf(packet(0, 4, { body: new Uint8Array(300).fill(7) }, FLAG.last), 1, [100, 100]).flatMap(
        (part, index): Step[] =>
          index === 1
            ? [
                { at: index, receive: said(0, [{ ...packet(2, 0, {}), kind: KIND.credit }]) },
                { at: index, receive: said(0, [{ ...part, seq: 3 }]) },
              ]
            : [{ at: index, receive: said(0, [{ ...part, seq: index === 0 ? 1 : 4 }]) }],
      ),
      512,
    ),
    of('parts that were given up make room for others', [
      ...partsOf(packet(0, 0, { body: new Uint8Array(300) }), 1, [100])
        .slice(0, 1)
        .map((part) => ({ at: 0, receive: said(0, [part]) })),
      ...partsOf(packet(0, 0, { body: new Uint8Array(90).fill(1) }), 2, [50]).map((part, at) => ({
        at,
        receive: said(0, [part]),
      })),
    ]),
    of('parts that do not fit are refused', [
      { at: 0, receive: said(0, [packet(1, 0, { at: 5, size: 10, bytes: new Uint8Array(5) }, FLAG.part)]) },
      { at: 1, receive: said(0, [packet(2, 0, { at: 0, size: 4, bytes: new Uint8Array(5) }, FLAG.part)]) },
      { at: 2, receive: said(0, [packet(3, 0, { at: 0, size: 4, bytes: new Uint8Array(0) }, FLAG.part)]) },
      { at: 3, receive: said(0, [packet(4, 0, { at: 0, bytes: new Uint8Array(1) }, FLAG.part)]) },
      { at: 4, receive: said(0, [packet(5, 0, { at: 0, size: 67108865, bytes: new Uint8Array(1) }, FLAG.part)]) },
      { at: 5, receive: said(0, [packet(6, 0, { at: 0, size: 1, bytes: Uint8Array.of(0xc1) }, FLAG.part)]) },
    ]),
    of(
      'no more data is on its way than one message holds',
      [
        ...[1, 2, 3, 4, 5].map((n) => ({ at: 0, send: data(n, 150), name: `${n}` })),
        { at: 1, receive: said(1) },
        { at: 2, receive: said(3) },
        { at: 3, receive: said(5) },
      ],
      512,
    ),
    of('no more than 64 packets are on their way', [
      ...sent(70),
      { at: 1, receive: said(3) },
      { at: 2, receive: said(67) },
      { at: 3, receive: said(70) },
    ]),
    of(
      'what was not sent can be taken back',
      [
        { at: 0, send: data(1, 400), name: 'first' },
        { at: 0, send: data(2, 400), name: 'second' },
        { at: 1, withdraw: 'second' },
        { at: 1, withdraw: 'first' },
        { at: 2, receive: said(1) },
        { at: 3, send: data(3, 1200), name: 'parts' },
        { at: 4, withdraw: 'parts' },
        { at: 5, send: data(4), name: 'next' },
        { at: 6, receive: said(4) },
        { at: 7, receive: said(5) },
      ],
      512,
    ),
    of(
      'what is urgent is not split',
      [
        {
          at: 0,
          send: { ...interrupt(1), values: { body: { $bin: Buffer.alloc(600).toString('hex') } } },
          urgent: true,
          name: 'x',
        },
        { at: 0, send: data(1), name: '1' },
      ],
      512,
    ),
    ...[1, 2].map(random),
  ]
}

/** A packet in parts of these lengths and a rest, numbered from `seq`. */
function partsOf(whole: Packet, seq: number, lengths: readonly number[]): Packet[] {
  const bytes = encoder.values(whole.values)
  let at = 0
  const parts = [...lengths, bytes.length].map((length, index) => {
    const values = { at, size: bytes.length, bytes: bytes.subarray(at, at + length) }
    at += length
    return { ...packet(seq + index, whole.of, values, whole.flags | FLAG.part) }
  })
  return parts.filter(({ values }) => (values.bytes as Uint8Array).length > 0)
}

/** A long talk with another link over a bad wire. */
function random(seed: number): Transcript {
  const dice = new Random(seed)
  const clock = new SimClock()
  const steps: Step[] = []
  const inward: { readonly at: number; readonly hex: string }[] = []
  let name = `random ${seed}`
  const other = new Link({
    session: 'i1',
    generation: 3,
    messageBytes: 512,
    clock,
    publish: (message) => {
      if (!dice.chance(0.2))
        inward.push({ at: Math.ceil(clock.now()) + 1 + dice.below(5), hex: message.toString('hex') })
    },
    deliver: () => undefined,
    stir: () => undefined,
  })
  let heard = 0
  for (let at = 0; at < 700; at += 1 + dice.below(20)) {
    clock.setTimeout(() => undefined, at - clock.now())
    while (clock.now() < at && clock.step()) other.flush()
    if (dice.chance(0.4))
      steps.push({
        at,
        send: data(steps.length & 0xff, dice.chance(0.3) ? dice.below(900) : 0),
        name: `${steps.length}`,
      })
    else if (dice.chance(0.1)) steps.push({ at, send: interrupt(steps.length), urgent: true, name: `${steps.length}` })
    else if (dice.chance(0.05)) steps.push({ at, connection: false }, { at, connection: true })
    if (dice.chance(0.3)) {
      const { seq: _, ...unnumbered } = packet(0, 0, { body: new Uint8Array(dice.below(700)).fill(at & 0xff) })
      other.send(unnumbered, dice.chance(0.2), () => undefined)
    }
    other.flush()
    for (const { hex } of inward.filter((each) => each.at <= at)) steps.push({ at, receive: hex })
    inward.splice(0, inward.length, ...inward.filter((each) => each.at > at))
    // What the link has said up to now reaches the other one, where it is not lost.
    const messages = play({ name, message_bytes: 512, steps }).flatMap(({ publishes = [] }) => publishes)
    for (const message of messages.slice(heard)) {
      const bytes = Buffer.from(message, 'hex')
      if (!dice.chance(0.2)) other.receive(decodeMessage(bytes), bytes.length)
    }
    heard = messages.length
  }
  name = `a long talk over a bad wire, ${seed}`
  return { name, message_bytes: 512, steps }
}
