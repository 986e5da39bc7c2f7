import { isDeepStrictEqual } from 'node:util'
import type { Values } from '@anabranch/plugin-sdk'
import { test } from 'tap'
import { decodeMessage } from '#src/wire/decode.js'
import { Link } from '#src/wire/link.js'
import { KIND, type Kind, type Packet } from '#src/wire/packet.js'
import { SimClock } from './sim/sim-clock.ts'

const MESSAGE_BYTES = 1 << 20

/** Two ends of a wire on which messages wait until `carry` is called for each; what arrives, and its sizes. */
function pair() {
  const clock = new SimClock()
  const wires: Buffer[][] = [[], []]
  const arrived: Packet[][] = [[], []]
  const end = (index: number): Link =>
    new Link({
      session: 'i1',
      generation: 1,
      messageBytes: MESSAGE_BYTES,
      clock,
      publish: (message) => void wires[index]?.push(Buffer.from(message)),
      deliver: (packet) => void arrived[index]?.push(packet),
      stir: () => undefined,
    })
  const ends = [end(0), end(1)] as const
  const carry = (from: 0 | 1) => {
    const message = wires[from]?.shift()
    if (message !== undefined) ends[1 - from]?.receive(decodeMessage(message), message.length)
    for (const link of ends) link.flush()
    return message?.length ?? 0
  }
  const send = (kind: Kind, values: Values, urgent: boolean) => {
    const packet = { kind, attempt: 1, epoch: 0, flags: 0, pts: 0, rest: null, values, of: 0 }
    return ends[0].send(packet, urgent, (error) => {
      throw error
    })
  }
  /** All timers that are due, and what they make the ends say. */
  const settle = () => {
    while (clock.pending > 0 && clock.step()) for (const index of [0, 1] as const) while (carry(index) > 0);
  }
  return { ends, wires, arrived, carry, send, settle }
}

test('what is urgent waits for no more data than one message holds, however much waits', async (t) => {
  const { ends, wires, arrived, carry, send } = pair()
  for (let n = 0; n < 32; n++) send(KIND.data, { n, body: new Uint8Array(900_000) }, false)
  send(KIND.data, { body: new Uint8Array(20_000_000) }, false)
  ends[0].flush()
  for (let steps = 0; steps < 5; steps++) carry(0)
  send(KIND.interrupt, {}, true)
  ends[0].flush()
  const before = wires[0]?.slice(0, -1) ?? []
  t.ok(
    before.reduce((sum, message) => sum + message.length, 0) <= MESSAGE_BYTES,
    'bytes on the wire before the interrupt',
  )
  while (!arrived[1]?.some(({ kind }) => kind === KIND.interrupt)) carry(0)
  t.ok((arrived[1]?.length ?? 99) < 12, `${arrived[1]?.length} packets came before it`)
})

test('a whole message is told of, and one that is flushed while another is made is lost in neither', async (t) => {
  const { ends, wires, arrived, carry, send } = pair()
  const [link] = ends
  for (let n = 0; n < 15; n++) send(KIND.data, { n }, false)
  t.equal(link.full, false, 'fifteen packets')
  send(KIND.data, { n: 15 }, false)
  t.equal(link.full, true, 'sixteen')
  link.flush()
  t.same([link.full, wires[0]?.length], [false, 1], 'they are one message')
  send(KIND.data, { n: 16 }, false)
  const packet = { kind: KIND.data, attempt: 1, epoch: 0, flags: 0, pts: 0, rest: null, of: 0 }
  link.send({ ...packet, values: { n: new Map() } }, false, () => {
    send(KIND.data, { n: 17 }, false)
    link.flush()
  })
  link.flush()
  while (carry(0) > 0);
  t.same(
    arrived[1]?.map(({ values }) => values.n),
    Array.from({ length: 18 }, (_, n) => n),
  )
})

test('63 MiB go in parts of at most a message, and come as they were', async (t) => {
  const { ends, arrived, carry, send, settle } = pair()
  const body = Float32Array.from({ length: (63 << 20) / 4 }, (_, index) => index % 8191)
  send(KIND.data, { body }, false)
  ends[0].flush()
  let most = 0
  while (arrived[1]?.length === 0) {
    most = Math.max(most, carry(0))
    carry(1)
  }
  t.ok(most <= MESSAGE_BYTES, `${most} bytes`)
  t.ok(isDeepStrictEqual(arrived[1]?.[0]?.values, { body }))
  settle()
  t.same(ends[0].load, { bytes: 0, kept: 0, queued: 0 })
})

test('more than 64 MiB are refused, and what waits behind it goes', async (t) => {
  const { ends, arrived, carry } = pair()
  const packet = { kind: KIND.data, attempt: 1, epoch: 0, flags: 0, pts: 0, rest: null, of: 0 }
  const refused: unknown[] = []
  ends[0].send({ ...packet, values: { body: new Uint8Array(64 << 20) } }, false, (error) => refused.push(error))
  ends[0].send({ ...packet, values: { n: 1 } }, false, (error) => refused.push(error))
  ends[0].flush()
  carry(0)
  t.match(refused, [{ code: 'ANB_LIMIT', limit: 'value_bytes' }])
  t.match(arrived[1], [{ values: { n: 1 }, seq: 1 }])
})

test('a buffer that changes after it was sent is sent again as it was', async (t) => {
  const { ends, wires, arrived, carry, send } = pair()
  const body = Float32Array.of(1, 2, 3)
  send(KIND.data, { body }, false)
  ends[0].flush()
  wires[0]?.shift() // lost
  body.fill(0)
  ends[0].connection(false)
  ends[0].connection(true)
  ends[0].flush()
  carry(0)
  t.same(arrived[1]?.[0]?.values, { body: Float32Array.of(1, 2, 3) })
})
