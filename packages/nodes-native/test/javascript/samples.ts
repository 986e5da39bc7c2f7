import { AudioBuffer, type SampleArray } from '@anabranch/plugin-sdk'
import fc from 'fast-check'
import type { Frame } from './both-forms.ts'

/** What conversions get wrong: halves between steps, the ends of ranges, what is no number. */
export const EDGES: readonly number[] = [
  ...[0.5, 1.5, 2.5, 126.5, 127.5].map((steps) => steps / 128),
  ...[0.5, 1.5, 2.5, 32_766.5, 32_767.5].map((steps) => steps / 32_768),
  ...[0.5, 1.5, 2_147_483_646.5, 2_147_483_647.5].map((steps) => steps / 2 ** 31),
  ...[0, 1e-45, 1e-40, 0.1, 1 / 3, 0.999_999_9, 1, 1.000_000_1, 2, 1e9, 3.4e38, Number.POSITIVE_INFINITY],
].flatMap((value) => [value, -value])

const value = fc.oneof(
  fc.double({ min: -1.2, max: 1.2, noNaN: true }),
  fc.constantFrom(...EDGES, Number.NaN),
  fc.float(),
)

/** Samples of every type, any values. */
export const ARRAYS: Readonly<Record<string, (length: number) => fc.Arbitrary<SampleArray>>> = {
  u8: (length) => fc.uint8Array({ minLength: length, maxLength: length }),
  i16: (length) => fc.int16Array({ minLength: length, maxLength: length }),
  i32: (length) => fc.int32Array({ minLength: length, maxLength: length }),
  f32: (length) => list(length).map((values) => Float32Array.from(values)),
  f64: (length) => list(length).map((values) => Float64Array.from(values)),
}

function list(length: number): fc.Arbitrary<number[]> {
  return fc.array(value, { minLength: length, maxLength: length })
}

/** Audio in frames of any lengths, empty ones among them, with gaps and changes of rate and channels. */
export const audioFrames: fc.Arbitrary<readonly Frame[]> = fc.array(
  fc
    .record({
      length: fc.nat(40),
      channels: fc.constantFrom(2, 2, 2, 1, 3),
      sampleRate: fc.constantFrom(8000, 8000, 8000, 44_100),
      discont: fc.nat(9).map((n) => n === 0),
    })
    .chain(({ length, channels, sampleRate, discont }) =>
      (ARRAYS.f32 as (length: number) => fc.Arbitrary<SampleArray>)(length * channels).map((samples) => ({
        input: new AudioBuffer(samples as Float32Array, sampleRate, channels),
        discont,
      })),
    ),
  { maxLength: 12 },
)
