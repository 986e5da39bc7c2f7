/*
 * The block of numbers by which a call's arguments and results cross to Rust and back: writing twenty numbers costs less
 * than handing ten arguments over. The layout is that of `block.rs`, which must be changed with it and with the version
 * of the doors.
 */

/** The part of a node's life that a call is. */
export const VERB = { execute: 0, more: 1, flush: 2, produce: 3 } as const
export type Verb = (typeof VERB)[keyof typeof VERB]

/** Where the numbers of a call stand in its block. */
export const AT = {
  /** Media time of the input set, µs. */
  pts: 0,
  /** 1 where something before the set is missing. */
  discont: 1,
  /** See `INPUT`. */
  inputKind: 2,
  inputHandle: 3,
  /** Bytes from the start of the slot. */
  inputOffset: 4,
  /** Over all channels. */
  inputSamples: 5,
  rate: 6,
  channels: 7,
  /** An index of `DTYPES`. */
  dtype: 8,
  /** 1 is planar. */
  layout: 9,
  /** 1 where the input may be written over. */
  writable: 10,
  /** −1 is none. */
  outputHandle: 11,
  pool: 12,
  /** Result: 1 where `more` has something to give. */
  hasMore: 13,
  /** Result: outputs that got ordinary memory. */
  unpooled: 14,
  /** Result: 0 where there is no output record: the end of a source. */
  any: 15,
  /** Result: the media time that the node said, µs; not a number where it said none. */
  said: 16,
  /** Result: the bytes of the output frame that the next call of the same input length should bring. */
  frameBytes: 17,
} as const

export const INPUT = { nothing: 0, audio: 1, pcm: 2 } as const

/** Where the outputs begin, by declared key; each has a status, then samples, rate, channels, type and layout. */
export const OUTPUTS = 18
export const OUTPUT_LENGTH = 6
const MAX_OUTPUTS = 64

/** What became of an output key. */
export const STATUS = { absent: 0, inOutput: 1, inInput: 2, left: 3, number: 4, plain: 5 } as const

export const DTYPES = ['u8', 'i16', 'i32', 'f32', 'f64'] as const
export type Dtype = (typeof DTYPES)[number]

/** A block for one thread and addon. */
export function callBlock(): Float64Array {
  return new Float64Array(OUTPUTS + MAX_OUTPUTS * OUTPUT_LENGTH)
}
