import { readFileSync } from 'node:fs'
import { ERROR_TABLE, LIMITS } from '@anabranch/plugin-sdk/host'
import { test } from 'tap'
import { decodeMessage } from '#src/wire/decode.js'
import { codeOfArray, EXT_AUDIO, EXT_NDARRAY, isExtCode } from '#src/wire/ext.js'
import { FLAG, KIND } from '#src/wire/packet.js'
import { readVectors } from './vectors.ts'

const text = readFileSync(new URL('../../../plugin-sdk/contract/wire.md', import.meta.url), 'utf8')

/** The first two columns of the table whose first one has this title, as names and numbers. */
function table(title: string): Record<string, number> {
  const [, body = ''] = new RegExp(`^\\| ${title} \\|.*\\n\\|[ :|-]+\\n((?:\\|.*\\n)+)`, 'm').exec(text) ?? []
  const rows = body.matchAll(/^\| (\w+) \| (\w+) \|/gm)
  return Object.fromEntries([...rows].map(([, code, name]) => [name, Number(code)]))
}

/** The names of a list, `[kind, seq, …]`, that begins with this one. */
const layout = (first: string) => new RegExp(`^ {4}\\[(${first}, .*)\\]$`, 'm').exec(text)?.[1]?.split(', ')

test('wire.md: rules are numbered without a gap, and name only what exists', async (t) => {
  const ids = [...text.matchAll(/^- \*\*(W\d+)\*\*/gm)].map(([, id]) => id)
  t.ok(ids.length > 30)
  t.same(
    ids,
    Array.from({ length: ids.length }, (_, n) => `W${n + 1}`),
  )
  for (const [id] of text.matchAll(/\bW\d+\b/g)) t.ok(ids.includes(id), id)
  for (const [code] of text.matchAll(/ANB_[A-Z_]+/g)) t.ok(code in ERROR_TABLE, code)
  for (const [, name = ''] of text.matchAll(/`([a-z]+_(?:[a-z]+_?)+)`/g))
    t.ok(name in LIMITS || name === 'node_type', name)
})

test('wire.md: kinds and flags are those of the code', async (t) => {
  t.same(table('kind'), KIND)
  t.same(table('flag'), FLAG)
})

test('wire.md: ext codes are those of the code', async (t) => {
  const arrays = {
    u8: Uint8Array,
    i8: Int8Array,
    i16: Int16Array,
    i32: Int32Array,
    f32: Float32Array,
    f64: Float64Array,
    u16: Uint16Array,
    u32: Uint32Array,
    i64: BigInt64Array,
    u64: BigUint64Array,
  }
  const codes = Object.entries(arrays).map(([name, type]) => [name, codeOfArray(new type(1))])
  const ours = { ...Object.fromEntries(codes), ndarray: EXT_NDARRAY, audio: EXT_AUDIO }
  t.same(table('ext'), ours)
  for (let code = 0; code < 256; code++) t.equal(isExtCode(code), Object.values(ours).includes(code), `code ${code}`)
  for (const [name, type] of Object.entries(arrays))
    t.match(text, new RegExp(`\\| ${name} \\| items of ${type.BYTES_PER_ELEMENT} bytes? \\|`))
})

test('wire.md: lists have the members of the code, in their order', async (t) => {
  const vector = readVectors().accepted.find(({ name }) => name === 'rest')
  const message = decodeMessage(Buffer.from(vector?.hex ?? '', 'hex'))
  const [packet] = message.packets
  t.same(layout('version'), ['version', ...Object.keys(message)])
  t.same(layout('kind'), Object.keys(packet ?? {}))
  t.same(layout('duration'), Object.keys(packet?.rest ?? {}))
})
