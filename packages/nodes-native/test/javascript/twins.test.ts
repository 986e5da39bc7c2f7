import { addon } from '@anabranch/nodes-native'
import { AudioBuffer, type PcmBuffer } from '@anabranch/plugin-sdk'
import { parseParams } from '@anabranch/plugin-sdk/host'
import { clip, testNode } from '@anabranch/plugin-sdk/testing'
import fc from 'fast-check'
import t from 'tap'
import { DESCRIBED } from '#src/described.js'
import { javascriptGain } from '#src/javascript/gain.js'
import { TWINS } from '#src/javascript/twins.js'
import { run as runNode } from '../run-node.ts'
import { type Frame, run, same } from './both-forms.ts'
import { ARRAYS, audioFrames, EDGES } from './samples.ts'

/*
 * The JavaScript forms against the Rust: no line of code is shared. Tolerance: none for format, mix and chunk; for gain
 * none either once both have the same factor, which may differ by one ulp (a power of ten is not exact in either).
 */

const DTYPES = Object.keys(ARRAYS)
const LAYOUTS = ['interleaved', 'planar'] as const

t.test('the described nodes are those of the addon', async (t) => {
  t.same(
    DESCRIBED,
    addon.nodes.filter(({ internal }) => !internal),
    'run scripts/generate-nodes.mjs',
  )
})

t.test('both forms say the same of themselves', async (t) => {
  for (const { spec, formats } of TWINS) {
    const native = addon.nodes.find(({ type }) => type === spec.type)
    t.same(
      Object.keys(spec.inputs ?? {}),
      native?.inputs.map(({ key }) => key),
    )
    t.same(
      Object.keys(spec.outputs ?? {}),
      native?.outputs.map(({ key }) => key),
    )
    t.equal(spec.time, native?.time)
    for (const { params } of native?.examples ?? [])
      t.same(
        formats?.(parseParams(spec.type, spec.params, params), {}) ?? {},
        JSON.parse(addon.doors.formats(spec.type, JSON.stringify(params))),
        `formats of ${spec.type} ${JSON.stringify(params)}`,
      )
  }
})

t.test('FormatConverterNode: every type and layout to every other, any samples', async (t) => {
  for (const from of DTYPES)
    for (const to of DTYPES) {
      const property = fc.property(
        fc.constantFrom(1, 2, 5).chain((channels) =>
          fc.nat(20).chain((length) =>
            fc.record({
              samples: (ARRAYS[from] as (length: number) => fc.Arbitrary<PcmBuffer['samples']>)(channels * length),
              channels: fc.constant(channels),
              sampleRate: fc.constant(16_000),
              layout: fc.constantFrom(...LAYOUTS),
            }),
          ),
        ),
        fc.constantFrom(...LAYOUTS),
        (input, layout) => same(t, 'FormatConverterNode', { to, layout }, [{ input }], `${from} to ${to}`),
      )
      fc.assert(property, { numRuns: 30 })
    }
})

t.test('FormatConverterNode: every i16, every u8 and every edge', async (t) => {
  const all = {
    u8: Uint8Array.from({ length: 256 }, (_, n) => n),
    i16: Int16Array.from({ length: 65_536 }, (_, n) => n - 32_768),
    i32: Int32Array.from([-(2 ** 31), 2 ** 31 - 1, 0, 1, -1, 2 ** 24 + 1, 2 ** 30 + 64]),
    f32: Float32Array.from([...EDGES, Number.NaN]),
    f64: Float64Array.from([...EDGES, Number.NaN]),
  }
  for (const samples of Object.values(all))
    for (const to of DTYPES)
      same(t, 'FormatConverterNode', { to }, [{ input: { samples, sampleRate: 8000, channels: 1 } }])
})

t.test('FormatConverterNode: audio in, and what it refuses', async (t) => {
  const stereo: Frame = { input: new AudioBuffer(Float32Array.of(0.5, -0.5, 1, -1), 8000, 2) }
  const empty: Frame = { input: new AudioBuffer(new Float32Array(0), 8000) }
  const wrong: Frame = { input: 'sound' as never }
  for (const to of DTYPES)
    for (const layout of LAYOUTS) same(t, 'FormatConverterNode', { to, layout }, [stereo, empty, wrong])
  same(t, 'FormatConverterNode', { from: 'i16' }, [stereo])
  same(t, 'FormatConverterNode', { channels: 1 }, [stereo])
})

t.test('GainNode: any gain, any samples', async (t) => {
  fc.assert(
    fc.property(fc.double({ min: -120, max: 60, noNaN: true }), audioFrames, (db, frames) => {
      const [one, other] = [run('javascript', 'GainNode', { db }, frames), run('native', 'GainNode', { db }, frames)]
      t.ok(withinOneUlp(one, other), `${db} dB`)
    }),
    { numRuns: 300 },
  )
  same(t, 'GainNode', { db: 0 }, [{ input: new AudioBuffer(Float32Array.from([...EDGES, Number.NaN]), 8000) }])
})

t.test('GainNode: in place, JavaScript writes over shared memory and nothing else', async (t) => {
  const memory = new Float32Array(new SharedArrayBuffer(16)).fill(1)
  const own = Float32Array.of(1, 1)
  for (const [samples, written] of [
    [memory.subarray(1, 3), true],
    [own, false],
  ] as const) {
    const input = new AudioBuffer(samples, 8000)
    const output = runNode(javascriptGain.create({ db: 20, in_place: true } as never), input)
    t.same([...output.samples], [10, 10])
    t.equal(output === input, written)
  }
  t.same([...memory, ...own], [1, 10, 10, 1, 1, 1])
})

t.test('ChannelMixNode: any matrix, and none', async (t) => {
  const factor = fc.oneof(fc.constantFrom(0, -0, 1, -1, 0.5), fc.double({ min: -1000, max: 1000, noNaN: true }))
  const matrix = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(2, 2, 1, 3))
    .chain(([rows, columns]) =>
      fc.array(fc.array(factor, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
    )
  fc.assert(
    fc.property(matrix, audioFrames, (matrix, frames) =>
      same(t, 'ChannelMixNode', { channels: matrix.length, matrix }, frames),
    ),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), audioFrames, (channels, frames) =>
      same(t, 'ChannelMixNode', { channels }, frames),
    ),
  )
})

t.test('ChunkerNode: any length, overlap and frames, gaps and changes of format', async (t) => {
  const params = fc
    .record({
      length: fc.integer({ min: 1, max: 60 }),
      byMs: fc.boolean(),
      overlap: fc.nat(30),
      pad_last: fc.boolean(),
    })
    .map(({ length, byMs, overlap, pad_last }) => ({
      ...(byMs ? { ms: length / 8 } : { samples: length }),
      overlap: byMs ? overlap : overlap % length,
      pad_last,
    }))
  fc.assert(
    fc.property(params, audioFrames, (params, frames) => same(t, 'ChunkerNode', params, frames)),
    { numRuns: 500 },
  )
})

t.test('wrong params: both forms refuse the same, and name the same', async (t) => {
  for (const [type, params] of [
    ['GainNode', { db: 61 }],
    ['GainNode', { dB: 1, in_place: 'no' }],
    ['FormatConverterNode', { to: 'f16' }],
    ['FormatConverterNode', { from: 'i24', channels: 0 }],
    ['FormatConverterNode', { channels: 65 }],
    ['ChannelMixNode', {}],
    ['ChannelMixNode', { channels: 0 }],
    ['ChannelMixNode', { channels: 1.5 }],
    ['ChannelMixNode', { channels: 2, matrix: [[1]] }],
    ['ChannelMixNode', { channels: 2, matrix: [[1], [1, 2]] }],
    ['ChannelMixNode', { channels: 1, matrix: [[]] }],
    ['ChannelMixNode', { channels: 1, matrix: [[1, 1001]] }],
    ['ChunkerNode', {}],
    ['ChunkerNode', { samples: 10, ms: 10 }],
    ['ChunkerNode', { samples: 10, overlap: 10 }],
    ['ChunkerNode', { samples: 0 }],
    ['ChunkerNode', { ms: 0.001 }],
  ] as const)
    same(t, type, params, [])
  for (const params of [
    { channels: 1, matrix: [1] },
    { channels: 1, matrix: [['1']] },
  ])
    for (const form of ['javascript', 'native'] as const)
      t.match(run(form, 'ChannelMixNode', params, []), { code: 'ANB_PARAMS' }, form)
})

const inputs = [{ input: clip.speech(20) }, { input: clip.speech(20) }]
const CASES: Readonly<Record<string, readonly object[]>> = {
  FormatConverterNode: [{}, { to: 'i16', layout: 'planar' }],
  GainNode: [{ db: 6 }],
  ChannelMixNode: [{ channels: 2 }],
  ChunkerNode: [{ ms: 15, overlap: 7, pad_last: true }],
}
for (const node of TWINS)
  testNode(t, node as never, (CASES[node.spec.type] ?? []).map((params) => ({ params, inputs })) as never)

/** What differs by no more than the last bit of an f32. */
function withinOneUlp(one: unknown, other: unknown): boolean {
  const [a, b] = [JSON.stringify(one).split(/["\\,]+/), JSON.stringify(other).split(/["\\,]+/)]
  return a.length === b.length && a.every((text, n) => text === b[n] || ulps(Number(text), Number(b[n])) <= 1)
}

function ulps(a: number, b: number): number {
  const bits = new Int32Array(Float32Array.of(a, b).buffer)
  return Math.abs((bits[0] as number) - (bits[1] as number))
}
