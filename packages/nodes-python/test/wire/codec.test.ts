import { isDeepStrictEqual } from 'node:util'
import type { Values } from '@anabranch/plugin-sdk'
import fc from 'fast-check'
import { pack, Unpackr, unpack } from 'msgpackr'
import { test } from 'tap'
import { decodeMessage } from '#src/wire/decode.js'
import { createEncoder } from '#src/wire/encode.js'
import { bytesWithValues, carry, messageWith, refusalOf } from './carry.ts'
import { bytesOf, messageOf, readVectors } from './vectors.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const vectors = readVectors()

test('golden vectors: encoded to the same bytes, decoded to the same values', async (t) => {
  const encode = createEncoder().message
  for (const { name, message, hex: bytes } of vectors.accepted) {
    t.equal(hex(encode(messageOf(message))), bytes, `${name}: encoded`)
    t.equal(hex(encode(decodeMessage(Buffer.from(bytes, 'hex')))), bytes, `${name}: decoded and encoded`)
  }
})

test('golden vectors: what breaks the format is refused, at once', async (t) => {
  for (const vector of vectors.refused) {
    const bytes = bytesOf(vector)
    const start = process.cpuUsage()
    t.equal(
      refusalOf(() => decodeMessage(bytes)),
      vector.code,
      vector.name,
    )
    const { user, system } = process.cpuUsage(start)
    t.ok(user + system < 200_000, `${vector.name}: within 200 ms of work`)
  }
})

test('any bytes are a message or a coded refusal', async (t) => {
  const known = ['accepted', 'ANB_MARSHALING', 'ANB_LIMIT']
  const bytes = fc.uint8Array({ maxLength: 200 })
  fc.assert(fc.property(bytes, (data) => known.includes(refusalOf(() => decodeMessage(data)))))
  const damage = fc.tuple(
    fc.constantFrom(...vectors.accepted),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
  )
  fc.assert(
    fc.property(damage, ([vector, changes]) => {
      const data = Buffer.from(vector.hex, 'hex')
      for (const [at, byte] of changes) data[at % data.length] = byte
      return known.includes(refusalOf(() => decodeMessage(data)))
    }),
    { numRuns: 2000 },
  )
  t.pass('no other error')
})

test('plain values come back equal, and another msgpack reader agrees', async (t) => {
  const other = new Unpackr({ useRecords: false, int64AsType: 'number' })
  const plain = fc.jsonValue()
  fc.assert(
    fc.property(plain, (value) => {
      const json = JSON.stringify(value)
      const bytes = createEncoder().message(messageWith({ value: value as never }))
      const values = (other.unpack(bytes) as Values[][][])[4]?.[0]?.[7]
      const ours = decodeMessage(bytes).packets[0]?.values
      if (/__proto__/.test(json)) return JSON.stringify(ours?.value) === json
      return JSON.stringify(ours?.value) === json && JSON.stringify(values?.value) === json
    }),
  )
  t.equal(Object.is(carry({ x: -0 })?.x, -0), true)
  t.ok(Number.isNaN(carry({ x: Number.NaN })?.x))
  t.same(carry({ there: 1, absent: undefined }), { there: 1 })
})

test('bytes, arrays and text of any length come back equal, wherever they stand', async (t) => {
  const text = fc.string({ unit: 'binary', maxLength: 120 })
  const marked = text.map((rest) => `\ufeff${rest}`)
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(text, marked, fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)),
      fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) - 1n }),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.oneof(fc.float32Array(), fc.int16Array(), fc.float64Array(), fc.uint32Array()),
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(fc.oneof(text, marked, fc.nat().map(String)), tie('value'), { maxKeys: 20, noNullPrototype: true }),
    ),
  }))
  fc.assert(fc.property(value, (value) => isDeepStrictEqual(carry({ value })?.value, value)))
  t.pass('all equal')
})

test('what cannot be carried is refused with its path', async (t) => {
  const refused = [new Set([1]), new Map(), new Date(0), /x/, new Error('x'), () => 1, Symbol('x'), 2n ** 64n, '\ud800']
  const more = [undefined, -(2n ** 63n) - 1n, new ArrayBuffer(4), Promise.resolve(), Object('x'), new WeakMap(), Buffer]
  const toJSON = new (class Clever {
    toJSON = () => 1
  })()
  for (const value of [...refused, ...more, toJSON, new DataView(new ArrayBuffer(8)), new Uint8ClampedArray(2)])
    t.throws(() => carry({ result: { list: [1, value] } }), { code: 'ANB_MARSHALING', key: 'result.list.1' })
  for (const shape of [
    [2, 2],
    [3, 0.5, 2],
    [-1, -3],
  ])
    t.throws(() => carry({ tensor: { data: new Float32Array(3), shape } }), { code: 'ANB_MARSHALING', key: 'tensor' })
  t.throws(() => carry({ list: new Array(2) }), { code: 'ANB_MARSHALING', key: 'list.0' })
  t.throws(() => carry({ record: { '\ud800': 1 } }), { code: 'ANB_MARSHALING', key: 'record.\ud800' })
  const message = messageWith({})
  const rest = { duration: 1, age: null, remaining: null, lost: 0, streamId: null, trace: null, meta: { x: [/x/] } }
  const packets = message.packets.map((packet) => ({ ...packet, rest: rest as never }))
  t.throws(() => createEncoder().message({ ...message, packets }), { code: 'ANB_MARSHALING', key: 'meta.x.0' })
})

test('a value inside itself is refused, the same value twice is not', async (t) => {
  const ring: unknown[] = []
  ring.push({ ring })
  t.throws(() => carry({ ring }), { code: 'ANB_MARSHALING', key: 'ring.0.ring' })
  const shared = { x: 1 }
  t.same(carry({ a: shared, b: [shared] }), { a: shared, b: [shared] })
})

test('what is too much is refused before it is written', async (t) => {
  let deep: unknown = null
  for (let depth = 0; depth < 40; depth++) deep = [deep]
  t.throws(() => carry({ deep }), { code: 'ANB_LIMIT', limit: 'msgpack_depth' })
  t.throws(() => carry({ large: new Uint8Array(1 << 20) }), { code: 'ANB_LIMIT', limit: 'wire_message_bytes' })
  t.throws(() => carry({ long: 'x'.repeat((1 << 20) + 1) }), { code: 'ANB_LIMIT', limit: 'wire_message_bytes' })
  t.throws(() => carry({ many: new Array(65536).fill(0) }), { code: 'ANB_LIMIT', limit: 'msgpack_items' })
  t.same(carry({ after: 1 }), { after: 1 }, 'the encoder goes on')
})

test('integers to 2^53 are numbers, beyond that bigints', async (t) => {
  t.same(carry({ n: [2 ** 53, 2n ** 53n, -(2 ** 53), 2n ** 53n + 1n] })?.n, [
    2 ** 53,
    2 ** 53,
    -(2 ** 53),
    2n ** 53n + 1n,
  ])
  t.equal(carry({ n: 1e300 })?.n, 1e300)
})

test('of a key that comes twice the last value stays', async (t) => {
  const decoded = decodeMessage(bytesWithValues('83a161d61400000000a162d61200000100a161d6140000803f'))
  t.same(decoded.packets[0]?.values, { a: Float32Array.of(1), b: Int16Array.of(0, 1) })
})

test('a key named __proto__ is a key like any other', async (t) => {
  const values = carry({ record: JSON.parse('{"__proto__":{"polluted":true}}') })
  t.equal((values?.record as { polluted?: boolean } | undefined)?.polluted, undefined)
  t.same(Object.keys(values?.record as object), ['__proto__'])
})

test('typed arrays are copied into memory of their own', async (t) => {
  const bytes = createEncoder().message(messageWith({ x: Float32Array.of(1, 2) }))
  const x = decodeMessage(bytes).packets[0]?.values.x as Float32Array
  bytes.fill(0)
  t.same([...x], [1, 2])
})

test('what was read from bytes that are lent is the same when they are written over', async (t) => {
  const encode = createEncoder().message
  for (const { name, hex: bytes } of vectors.accepted) {
    const lent = Buffer.from(bytes, 'hex')
    const read = decodeMessage(lent, undefined, true)
    lent.fill(0xaa)
    t.equal(hex(encode(read)), bytes, name)
  }
})

test('what others write with msgpackr stays theirs, and a message ours', async (t) => {
  const theirs = [pack({ before: 1 })]
  const message = createEncoder().message(messageWith({ text: 'ours', list: [Float32Array.of(1), 'x'] }))
  const bytes = hex(message)
  theirs.push(pack({ after: 2 }))
  createEncoder().message(messageWith({ text: 'again' }))
  t.equal(hex(message), bytes)
  t.same(
    theirs.map((each) => unpack(each)),
    [{ before: 1 }, { after: 2 }],
  )
})
