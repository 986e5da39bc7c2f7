import { isDeepStrictEqual } from 'node:util'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import { addExtension, Packr, pack, unpack } from 'msgpackr'
import { test } from 'tap'
import { decodeMessage } from '#src/wire/decode.js'
import { createEncoder } from '#src/wire/encode.js'
import { bytesWithValues, carry, refusalOf } from './carry.ts'
import { bytesOf, messageOf, readVectors } from './vectors.ts'

// msgpackr keeps extensions for the whole process; so this test has a process of its own.
function Anything() {}
Object.defineProperty(Anything, Symbol.hasInstance, { value: () => true })
const stolen = () => Buffer.from('stolen')
const classes = [Object, Array, Map, Uint8Array, Buffer, Float32Array, Int16Array, Float64Array, AudioBuffer, Anything]
for (const [index, Class] of classes.entries())
  addExtension({ Class, type: 0x10 + index, pack: stolen, unpack: () => 'stolen' })
for (let type = 0; type < 256; type++) addExtension({ type, unpack: () => 'stolen' })

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const vectors = readVectors()

test('the extensions are at work', async (t) => {
  t.match(hex(pack(Float32Array.of(1))), hex(stolen()))
  t.match(hex(new Packr({ useRecords: false }).pack({ x: { constructor: 1 } })), hex(stolen()))
  t.equal(unpack(Buffer.from('d6140000803f', 'hex')), 'stolen')
  t.equal(unpack(Buffer.from('d40000', 'hex')), 'stolen')
})

test('golden vectors keep their bytes and their values', async (t) => {
  const encode = createEncoder().message
  for (const { name, message, hex: bytes } of vectors.accepted) {
    t.equal(hex(encode(messageOf(message))), bytes, `${name}: encoded`)
    t.equal(hex(encode(decodeMessage(Buffer.from(bytes, 'hex')))), bytes, `${name}: decoded and encoded`)
  }
  for (const vector of vectors.refused)
    t.equal(
      refusalOf(() => decodeMessage(bytesOf(vector))),
      vector.code,
      vector.name,
    )
})

test('values mean what they meant', async (t) => {
  const values = {
    samples: Float32Array.of(1, -1),
    bytes: Buffer.from('bytes'),
    audio: new AudioBuffer(Float32Array.of(0.5), 16000, 1),
    tensor: { data: Float64Array.of(1, 2), shape: [2, 1] },
    record: { constructor: 1, toJSON: 'x', hasOwnProperty: false, inner: [{}, []] },
    wide: 2 ** 40,
  }
  t.ok(isDeepStrictEqual(carry(values), values))
  t.same(carry({ bare: Object.assign(Object.create(null), { x: 1 }) }), { bare: { x: 1 } })
})

test('what was refused still is', async (t) => {
  for (const value of [new Date(0), new Set(), new Map(), /x/, new Error('x'), undefined, new (class Pose {})()])
    t.throws(() => carry({ list: [value] }), { code: 'ANB_MARSHALING', key: 'list.0' })
  for (let code = 0; code < 256; code++) {
    if (code >= 0x10 && code <= 0x1b) continue
    const bytes = bytesWithValues(`81a178d4${code.toString(16).padStart(2, '0')}00`)
    t.throws(() => decodeMessage(bytes), { code: 'ANB_MARSHALING', message: /is not of the wire format/ })
  }
})
