import type { Envelope } from '@anabranch/plugin-sdk'
import type { PoolDescription, SlabDescription } from '@anabranch/plugin-sdk/host'
import type { ModuleReference } from '../graph/graph.ts'
import type { CarriedError } from './carried-error.ts'
import type { Carried } from './carried-values.ts'

/** What a thread starts with. */
export interface ThreadStart {
  readonly nodeId: string
  /** One byte for each call under way: 1 once the thread has begun it. Read after its death. */
  readonly begun: SharedArrayBuffer
  /** The `performance.timeOrigin` of the session's clock. */
  readonly timeOrigin: number
  readonly pool: PoolDescription | null
}

/** One node instance: what it is made of. */
export interface OpenOrder {
  readonly module: ModuleReference
  readonly params: unknown
  /** Whether it works on frames of the pool. */
  readonly frames: boolean
  readonly concurrency: number
}

/** What an instance is asked to do. */
export type CallKind = 'open' | 'execute' | 'flush' | 'control' | 'reset' | 'cleanup'

export interface CallMessage {
  readonly kind: 'call'
  readonly call: number
  /** Its byte in `begun`. */
  readonly place: number
  readonly instance: number
  readonly what: CallKind
  readonly envelope: Envelope
  /** Of `execute` the inputs, of `control` the message. */
  readonly given?: Carried
  readonly open?: OpenOrder
}

/** To the thread, in batches. */
export type ToThread =
  | CallMessage
  | { readonly kind: 'slab'; readonly slab: SlabDescription }
  | { readonly kind: 'abort'; readonly call: number; readonly reason: CarriedError }
  /** So many more outputs of a call have room. */
  | { readonly kind: 'more'; readonly call: number; readonly outputs: number }
  /** Nobody wants the rest of its outputs. */
  | { readonly kind: 'leave'; readonly call: number }
  /** The frames of this answer have leases of their own here. */
  | { readonly kind: 'taken'; readonly answer: number }
  /** Leases of frames that were given with a message that could not be sent. */
  | { readonly kind: 'unsent'; readonly handles: readonly number[] }
  | { readonly kind: 'ping' }

/** How a call goes on: one output of several, its end with or without a result, or an error. */
export interface AnswerMessage {
  readonly kind: 'answer'
  readonly call: number
  readonly state: 'output' | 'done' | 'threw'
  readonly value?: Carried
  /** What `context.at` said of these outputs. */
  readonly pts?: number
  /** The number of its frames' leases, told back by `taken`. */
  readonly answer?: number
  readonly error?: CarriedError
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** From the thread, in batches. */
export type FromThread =
  | AnswerMessage
  | { readonly kind: 'slab'; readonly slab: SlabDescription }
  | {
      readonly kind: 'log'
      readonly instance: number
      readonly level: LogLevel
      readonly fields: object | string
      readonly message: string | undefined
    }
  | { readonly kind: 'count'; readonly instance: number; readonly metric: string; readonly by: number }
  | { readonly kind: 'pong' }

/** Outputs of one call that the thread gives ahead of their use. */
export const OUTPUTS_AHEAD = 8
/** Calls under way at once whose beginning can be told. */
export const PLACES = 4096
