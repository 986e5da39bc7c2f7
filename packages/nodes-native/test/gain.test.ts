import { addon, gain } from '@anabranch/nodes-native'
import {
  AudioBuffer,
  AudioFormatError,
  InvalidInputsError,
  InvalidParamsError,
  nodeOperator,
} from '@anabranch/plugin-sdk'
import { lastValueFrom, of, toArray } from 'rxjs'
import { test } from 'tap'
import { run, shared, thrown } from './run-node.ts'

const TWICE = 20 * Math.log10(2)

test('gain writes into a new buffer over shared memory and leaves its input', async (t) => {
  const input = new AudioBuffer(shared([0.25, -0.5]), 16_000)
  const output = run(gain.create({ db: TWICE }), input)
  t.same([...output.samples], [0.5, -1])
  t.same([...input.samples], [0.25, -0.5])
  t.not(output, input)
  t.ok(output.samples.buffer instanceof SharedArrayBuffer)
  t.equal(output.sampleRate, 16_000)
})

test('in place, Rust writes into the very memory that TypeScript reads', async (t) => {
  const samples = shared([0.25, -0.5, 1, 2])
  const bytes = new Uint8Array(samples.buffer)
  const before = [...bytes]
  const address = addon.bufferAddress(samples)
  const input = new AudioBuffer(samples, 48_000, 2)
  const output = run(gain.create({ db: TWICE, in_place: true }), input)
  t.equal(output, input, 'the same AudioBuffer')
  t.equal(output.samples, samples, 'the same view')
  t.equal(addon.bufferAddress(output.samples), address, 'the same address')
  t.same([...bytes], [...new Uint8Array(Float32Array.of(0.5, -1, 2, 4).buffer)], 'seen through another view')
  t.notSame([...bytes], before)
})

test('in place works on a part of a shared memory and leaves the rest', async (t) => {
  const memory = shared([1, 1, 1, 1])
  run(gain.create({ db: TWICE, in_place: true }), new AudioBuffer(memory.subarray(1, 3), 16_000))
  t.same([...memory], [1, 2, 2, 1])
  t.equal(addon.bufferAddress(memory.subarray(1)), addon.bufferAddress(memory) + 4)
})

test('in place over memory that is not shared makes a new buffer', async (t) => {
  const input = new AudioBuffer(Float32Array.of(1, 2), 16_000)
  const output = run(gain.create({ db: TWICE, in_place: true }), input)
  t.not(output, input)
  t.same([...output.samples], [2, 4])
  t.same([...input.samples], [1, 2])
})

test('an empty frame stays empty', async (t) => {
  for (const in_place of [false, true])
    t.equal(run(gain.create({ in_place }), new AudioBuffer(shared([]), 16_000)).length, 0)
})

test('0 dB is the default and changes no bit', async (t) => {
  const samples = shared([0.1, -1e-40, Number.POSITIVE_INFINITY, Number.NaN])
  t.same([...run(gain.create(), new AudioBuffer(samples, 16_000)).samples], [...samples])
})

test("gain is an operator in anybody's RxJS code", async (t) => {
  const frames = [1, 2].map((sample) => new AudioBuffer(shared([sample]), 16_000))
  const louder = await lastValueFrom(of(...frames).pipe(nodeOperator(gain, { db: TWICE }), toArray()))
  t.same(
    louder.map((buffer) => buffer.samples[0]),
    [2, 4],
  )
})

const unreadable = Object.defineProperty({}, 'db', {
  enumerable: true,
  get: () => {
    throw new Error('a getter')
  },
})
const wrongParams: readonly [string, unknown][] = [
  ['db', { db: Number.NaN }],
  ['db', { db: Number.POSITIVE_INFINITY }],
  ['db', { db: 60.1 }],
  ['db', { db: -121 }],
  ['db', { db: 4_294_967_301 }],
  ['db', { db: '7' }],
  ['db', { db: null }],
  ['in_place', { in_place: 1 }],
  ['dB', { dB: 7 }],
  ['', [7]],
  ['', unreadable],
]
for (const [index, [path, params]] of wrongParams.entries()) {
  test(`wrong params are refused: ${index} ${path}`, async (t) => {
    const error = thrown(() => gain.create(params as object))
    t.ok(error instanceof InvalidParamsError)
    t.match(error, { code: 'ANB_PARAMS', retryable: false, issues: [{ path }] })
  })
}

test('every wrong param is listed at once', async (t) => {
  const error = thrown(() => gain.create({ db: 'loud', in_place: 'yes', gian: 1 } as object))
  t.match(error, { issues: [{ path: 'db' }, { path: 'in_place' }, { path: 'gian' }] })
})

for (const [field, value] of Object.entries({
  sampleRate: [0, Number.NaN, 4_294_967_301, 16_000.5, '7'],
  channels: [0, 1.5, 65, '1'],
}).flatMap(([field, values]) => values.map((value) => [field, value] as const))) {
  test(`a buffer whose ${field} became ${value} is refused`, async (t) => {
    const buffer = Object.assign(new AudioBuffer(shared([1, 2]), 16_000), { [field]: value })
    const error = thrown(() => run(gain.create(), buffer))
    t.ok(error instanceof AudioFormatError)
    t.equal((error as { code?: unknown }).code, 'ANB_AUDIO_FORMAT')
  })
}

test('samples whose memory was transferred are refused', async (t) => {
  const buffer = new AudioBuffer(Float32Array.of(1, 2), 16_000)
  structuredClone(buffer.samples.buffer, { transfer: [buffer.samples.buffer as ArrayBuffer] })
  const error = thrown(() => run(gain.create(), buffer))
  t.ok(error instanceof InvalidInputsError)
  t.match(error, { code: 'ANB_INPUTS', key: 'input' })
})
