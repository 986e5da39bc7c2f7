import {
  type AudioBuffer,
  type Clock,
  type Envelope,
  type NodeContext,
  type NodeLog,
  sharedAudio,
} from '@anabranch/plugin-sdk'
import { LENDER } from '@anabranch/plugin-sdk/host'
import type { CallFrames } from '../executor/call-frames.ts'
import type { KeptFrames } from '../executor/kept-frames.ts'
import type { LogLevel } from './thread-messages.ts'

/** What contexts of one instance share, on its thread. */
export interface ThreadContextHost {
  readonly nodeId: string
  readonly clock: Clock
  readonly kept: KeptFrames
  log(level: LogLevel, fields: object | string, message: string | undefined): void
  count(metric: string, by: number): void
}

/** The context of one call on a thread. */
export class ThreadContext implements NodeContext {
  readonly envelope: Envelope
  readonly log: NodeLog
  readonly [LENDER]: CallFrames | null
  readonly #host: ThreadContextHost
  readonly #times = new WeakMap<object, number>()
  #abort: AbortController | null = null
  #reason: { readonly error: unknown } | null = null

  constructor(host: ThreadContextHost, envelope: Envelope, frames: CallFrames | null) {
    this.#host = host
    this.envelope = envelope
    this[LENDER] = frames
    const write = (level: LogLevel) => (fields: object | string, message?: string) => host.log(level, fields, message)
    this.log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }

  get nodeId(): string {
    return this.#host.nodeId
  }

  get sessionId(): string {
    return this.envelope.session
  }

  get clock(): Clock {
    return this.#host.clock
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#reason !== null) this.#abort.abort(this.#reason.error)
    return this.#abort.signal
  }

  abort(error: unknown): void {
    this.#reason ??= { error }
    this.#abort?.abort(error)
  }

  count(metric: string, by = 1): void {
    this.#host.count(metric, by)
  }

  audio(length: number, sampleRate: number, channels = 1): AudioBuffer {
    return this[LENDER]?.audio(length, sampleRate, channels) ?? sharedAudio(length, sampleRate, channels)
  }

  retain(buffer: AudioBuffer): AudioBuffer {
    return this.#host.kept.retain(buffer)
  }

  release(buffer: AudioBuffer): void {
    this.#host.kept.release(buffer)
  }

  at<R extends object>(pts: number, outputs: R): R {
    this.#times.set(outputs, pts)
    return outputs
  }

  /** What `at` said of these outputs. */
  timeOf(outputs: unknown): number | undefined {
    return typeof outputs === 'object' && outputs !== null ? this.#times.get(outputs) : undefined
  }
}
