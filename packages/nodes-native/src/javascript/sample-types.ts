import type { Dtype } from '../call-block.ts'

/** What a sample of one type is: full scale is 1, in f64, which holds every value of the others exactly. */
export interface SampleType {
  /** What silence is, and how many steps full scale has: `value = (sample - silence) / steps`. */
  readonly silence: number
  readonly steps: number
  /** The nearest sample to a value. */
  of(value: number): number
}

export const SAMPLE_TYPES: Readonly<Record<Dtype, SampleType>> = {
  u8: integer(8, 128),
  i16: integer(16, 0),
  i32: integer(32, 0),
  // The typed array that it is written to rounds to f32.
  f32: { silence: 0, steps: 1, of: (value) => value },
  f64: { silence: 0, steps: 1, of: (value) => value },
}

/** Rounds to the nearest, halves to the even one, clips, and makes silence of not-a-number. */
function integer(bits: number, silence: number): SampleType {
  const steps = 2 ** (bits - 1)
  const of = (value: number) =>
    Number.isNaN(value) ? silence : Math.min(Math.max(toEven(value * steps), -steps), steps - 1) + silence
  return { silence, steps, of }
}

function toEven(value: number): number {
  const up = Math.round(value)
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up
}
