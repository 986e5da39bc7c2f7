import type { AudioBuffer } from './audio-buffer.ts'
import type { Clock } from './clock.ts'
import type { Values } from './values.ts'

/** What a reader sees of an item beside its value: the envelope shared along the way, with the item's own seq and epoch. */
export interface Envelope {
  readonly session: string
  readonly origin: { readonly source: string; readonly seq: number }
  /** Given by the emitting node, per output key, from 0. */
  readonly seq: number
  /** Media time in µs. */
  readonly pts: number
  /** µs. */
  readonly duration?: number
  /** Monotonic ms at which it entered the graph. */
  readonly ingress: number
  /** How many interruptions its session had seen when it was made. */
  readonly epoch: number
  /** Passes an interruption. */
  readonly survive?: boolean
  /** Monotonic ms after which nobody wants it. */
  readonly deadline?: number
  /** Something before it is missing; `lost` says how many items. */
  readonly discont?: boolean
  readonly lost?: number
  readonly streamId?: string
  /** W3C traceparent. */
  readonly trace?: string
  readonly meta?: Values
}

/** The methods of pino that nodes use. */
export interface NodeLog {
  debug(fields: object | string, message?: string): void
  info(fields: object | string, message?: string): void
  warn(fields: object | string, message?: string): void
  error(fields: object | string, message?: string): void
}

/** What a node is given beside its inputs. Reused from call to call: read `envelope` and `signal` before the first await. */
export interface NodeContext {
  readonly nodeId: string
  readonly sessionId: string
  /** Of the input set at work; of the primary input where several were joined. */
  readonly envelope: Envelope
  /** Aborts when the set at work is interrupted or times out, or the session is cancelled. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly log: NodeLog
  /** Adds to a counter of this node, seen in `metrics()` under `custom`. */
  count(metric: string, by?: number): void
  /**
   * A new buffer of `length` samples a channel in shared memory, zeroed, writable until it is emitted. In a graph it is a
   * frame of a pool: one that is not emitted by the end of the call is taken back, unless it is retained.
   */
  audio(length: number, sampleRate: number, channels?: number): AudioBuffer
  /**
   * Keeps audio beyond the call that it was given to or made in, until `release`, or the end of the node, which counts what
   * was left as `frames_left`. Without it, samples of a frame that is used again throw StaleFrameError. Gives the buffer back.
   */
  retain(buffer: AudioBuffer): AudioBuffer
  /** Ends one `retain`. @throws StaleFrameError for a buffer that was not retained here. */
  release(buffer: AudioBuffer): void
  /** For `time: 'own'`: says the media time (µs) of these outputs, and gives them back. */
  at<R extends object>(pts: number, outputs: R): R
}
