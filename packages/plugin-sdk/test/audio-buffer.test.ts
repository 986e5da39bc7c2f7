import { AudioBuffer } from '@anabranch/plugin-sdk'
import t from 'tap'
import { thrown } from './coded.ts'

const ramp = (length: number, channels = 1) =>
  new AudioBuffer(
    Float32Array.from({ length: length * channels }, (_, n) => n),
    16_000,
    channels,
  )
const list = (buffer: AudioBuffer) => [...buffer.samples]

t.test('AudioBuffer: lengths and durations', async (t) => {
  t.equal(ramp(160).durationUs, 10_000)
  t.equal(ramp(160, 2).length, 160)
  t.equal(ramp(160, 2).durationUs, 10_000)
  t.equal(new AudioBuffer(new Float32Array(1), 44_100).durationUs, 23, 'rounded')
  t.equal(new AudioBuffer(new Float32Array(0), 48_000).durationUs, 0)
})

for (const [what, make] of [
  ['a rate of 0', () => new AudioBuffer(new Float32Array(1), 0)],
  ['a rate of NaN', () => new AudioBuffer(new Float32Array(1), Number.NaN)],
  ['a rate above the limit', () => new AudioBuffer(new Float32Array(1), 768_001)],
  ['no channels', () => new AudioBuffer(new Float32Array(1), 16_000, 0)],
  ['half a channel', () => new AudioBuffer(new Float32Array(1), 16_000, 1.5)],
  ['65 channels', () => new AudioBuffer(new Float32Array(65), 16_000, 65)],
  ['a frame that is cut', () => new AudioBuffer(new Float32Array(3), 16_000, 2)],
  ['other samples', () => new AudioBuffer(new Float64Array(1) as unknown as Float32Array, 16_000)],
] as const)
  t.test(`AudioBuffer refuses ${what}`, async (t) => {
    const error = thrown('ANB_AUDIO_FORMAT', make)
    t.type(error.received.sampleRate, 'number')
    t.equal(error.retryable, false)
  })

t.test('AudioBuffer.slice is a view on the same memory', async (t) => {
  const whole = ramp(4)
  const part = whole.slice(1, 3)
  t.same(list(part), [1, 2])
  part.samples[0] = 9
  t.equal(whole.samples[1], 9)
  t.same(list(ramp(3, 2).slice(1)), [2, 3, 4, 5], 'counts samples of one channel')
})

t.test('AudioBuffer.slice takes the ends that Array.slice takes', async (t) => {
  for (const [start, end] of [
    [-2, undefined],
    [-7, undefined],
    [-12, undefined],
    [-12, -1],
    [1, -1],
    [3, 2],
    [0, 99],
    [99, 100],
    [1.9, 3.9],
  ] as const)
    for (const channels of [1, 2])
      t.same(
        list(ramp(5, channels).slice(start, end)).filter((_, n) => n % channels === 0),
        [0, 1, 2, 3, 4].slice(start, end).map((n) => n * channels),
        `${start} … ${end}, ${channels} channels`,
      )
})

t.test('AudioBuffer.copy owns its memory', async (t) => {
  const whole = ramp(4)
  const own = whole.slice(1).copy()
  whole.samples.fill(7)
  t.same(list(own), [1, 2, 3])
  t.equal(own.samples.buffer.byteLength, 12)
})

t.test('AudioBuffer.map makes a new buffer of the same format', async (t) => {
  const whole = ramp(2, 2)
  const mapped = whole.map((sample, index) => sample * 10 + index)
  t.same(list(mapped), [0, 11, 22, 33])
  t.same(list(whole), [0, 1, 2, 3])
  t.equal(mapped.channels, 2)
})

t.test('AudioBuffer: instanceof asks for the mark', async (t) => {
  t.ok(ramp(1) instanceof AudioBuffer)
  for (const other of [null, undefined, 1, 'x', {}, { samples: new Float32Array(1), sampleRate: 16_000, channels: 1 }])
    t.notOk((other as unknown) instanceof AudioBuffer)
})
