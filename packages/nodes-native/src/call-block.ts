/*
 * The block of numbers by which a call's arguments and results cross to Rust and back: writing twenty numbers costs less
 * than handing ten arguments over. After the numbers of the call comes a section for each node that it may reach: the node
 * that is called, and those that follow it in the same call; then one for each further record of the last of them. The
 * layout is that of `block.rs`, which must be changed with it and with the version of the doors.
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
  /** How many nodes after the called one may be called too. */
  followers: 13,
  /** See `VERB`; where it is no argument. */
  verb: 14,
  /** 1 where the nodes' own times are asked for. */
  timed: 15,
  /** Result: how many nodes were called; 0 where `call` failed, and `failure` throws its error. */
  done: 16,
  /** Result: see `FAILED`. */
  failed: 17,
  /** Result: the bytes of the output frame that the next call of the same input length should bring. */
  frameBytes: 18,
  /** Result: outputs that got ordinary memory. */
  unpooled: 19,
  /** Result: how many further records the last node gave. */
  records: 20,
} as const

/** What the last node that was called failed at, if at anything; `failure` throws its error. */
export const FAILED = { follower: 1, furtherRecord: 2 } as const

export const INPUT = { nothing: 0, audio: 1, pcm: 2 } as const

/** Where the numbers of a node stand in its section. */
export const IN_SECTION = {
  handle: 0,
  /** Which output key the next node reads. */
  link: 1,
  /** Media time of what it gives next, µs; not a number where it is that of its input set. */
  time: 2,
  /** The sample rate that `time` holds for, 0 for any. */
  timeRate: 3,
  /** 1 where a time that the node says counts instead. */
  says: 4,
  /** Result: 1 where `more` has something to give. */
  hasMore: 5,
  /** Result: 0 where there is no output record: the end of a source, or of `more`. */
  any: 6,
  /** Result: the media time that the node said, µs; not a number where it said none. */
  said: 7,
  /** Result: how long it took, µs; not a number where nobody asked. */
  spent: 8,
} as const

/** Where the outputs begin in a section, by declared key; each has a status, then samples, rate, channels, type and layout. */
const OUTPUTS_IN_SECTION = 9
export const OUTPUT_LENGTH = 6
const MAX_OUTPUTS = 64
const SECTIONS = 21
const SECTION_LENGTH = OUTPUTS_IN_SECTION + MAX_OUTPUTS * OUTPUT_LENGTH
/** As many nodes as one call reaches. */
export const MAX_MEMBERS = 8
/** As many further records as one call gives. Their sections are those after the nodes'. */
const MAX_RECORDS = 8

/** Where the section of a node begins; the called one is member 0. */
export const sectionOf = (member: number): number => SECTIONS + member * SECTION_LENGTH

/** Where the handle of the node that is called stands. */
export const CALLED = sectionOf(0) + IN_SECTION.handle

/** The section of the nth further record, from 0, as if it were that of a node. */
export const furtherAt = (nth: number): number => MAX_MEMBERS + nth

/** Where the outputs of a node begin. */
export const outputsAt = (member: number): number => sectionOf(member) + OUTPUTS_IN_SECTION

/** Where those of the called node do. */
export const OUTPUTS = outputsAt(0)

/** What became of an output key. */
export const STATUS = { absent: 0, inOutput: 1, inInput: 2, left: 3, number: 4, plain: 5, handedOn: 6 } as const

export const DTYPES = ['u8', 'i16', 'i32', 'f32', 'f64'] as const
export type Dtype = (typeof DTYPES)[number]

/** A block for one thread and addon. */
export function callBlock(): Float64Array {
  return new Float64Array(sectionOf(MAX_MEMBERS + MAX_RECORDS))
}
