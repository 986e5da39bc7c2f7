import type { Values } from '@anabranch/plugin-sdk'

/** Wire format v1. A message is `[1, generation, session, ack, packets]`. */
export const WIRE_VERSION = 1

/** What a packet is. */
export const KIND = {
  data: 0,
  credit: 1,
  error: 2,
  end: 3,
  open: 4,
  ready: 5,
  control: 6,
  interrupt: 7,
  stats: 8,
  log: 9,
} as const
export type Kind = (typeof KIND)[keyof typeof KIND]

/**
/**
 * Marks of a packet. `last`: nothing more answers the packet that this one answers. `part`: its values are a piece of the
 * bytes of larger ones. `stream`, `flush` and `reset` are on data packets that are no set: the outputs of a stream answer it;
 * the inputs are over; the instance forgets what it has seen.
 */
export const FLAG = { survive: 1, discont: 2, last: 4, part: 8, flush: 16, reset: 32, stream: 64 } as const

/** The seldom parts of an envelope. Times in µs; age and remaining time travel, clock readings do not. */
export interface Rest {
  readonly duration: number | null
  readonly age: number | null
  readonly remaining: number | null
  readonly lost: number
  readonly streamId: string | null
  readonly trace: string | null
  readonly meta: Values | null
}

/** On the wire: `[kind, seq, attempt, epoch, flags, pts, rest, values, of]`. */
export interface Packet {
  readonly kind: Kind
  /** Counted from 1 by each sender and instance. */
  readonly seq: number
  readonly attempt: number
  readonly epoch: number
  readonly flags: number
  /** Media time in µs. */
  readonly pts: number
  readonly rest: Rest | null
  /** A whole input or output set. */
  readonly values: Values
  /** The seq of the packet that this one answers, 0 for none. */
  readonly of: number
}

/** Packets under one header. */
export interface Message {
  /** Of the worker process: what an earlier one sends late is dropped. */
  readonly generation: number
  readonly session: string
  /** Every packet of the other end up to this seq has been seen. */
  readonly ack: number
  readonly packets: readonly Packet[]
}
