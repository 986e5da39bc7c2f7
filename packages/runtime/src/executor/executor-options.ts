import type { Clock } from '@anabranch/plugin-sdk'
import type { Logger } from 'pino'
import type { OptionsOf } from '../check-options.ts'
import type { Scheduler } from '../clock.ts'
import { PLAN_OPTIONS, type PlanOptions } from '../plan-graph.ts'
import type { DeadLetter } from './dead-letter.ts'
import type { Probe } from './probe.ts'
import type { Tracing } from './tracing.ts'

export interface ExecutorOptions extends PlanOptions {
  /** Gets every dead letter. */
  readonly onDeadLetter?: (letter: DeadLetter) => void
  /** Dead letters are appended to this file as JSON lines. */
  readonly deadLetterFile?: string
  /** Default: pino on stderr, warnings and errors. */
  readonly log?: Logger
  /** Default: real time. */
  readonly clock?: Clock
  /** Default: microtasks and setImmediate. */
  readonly scheduler?: Scheduler
  /** For the jitter of retries. Default Math.random. */
  readonly random?: () => number
  /** Counting and timing of executions, ages and latency. Default true. */
  readonly metrics?: boolean
  /** Whether nodes in a row that their maker can call in one go are called so: native nodes of one addon. Default true. */
  readonly fuse?: boolean
  /** At most so much memory for frames of audio, in bytes from 2,048; beyond it they are made one by one. Default: the limit `pool_bytes`, 256 MiB. */
  readonly poolBytes?: number
  /** How often within a minute the thread of a node may be lost and is made anew. Default: the limit `thread_restarts`, 3. */
  readonly threadRestarts?: number
  /** How long `close` and an end without a reader wait, ms. Default 10,000. */
  readonly drainMs?: number
  /** `realtime`: sources give audio as a microphone would, each frame when its last sample is due. Default: as fast as it is taken. */
  readonly pace?: 'realtime'
  /** Makes spans of sessions and executions, such as `openTelemetry()` of `@anabranch/runtime/opentelemetry`. */
  readonly tracing?: Tracing
  /**
   * For who opens it at once: a process that its nodes will need is started beside the check, and ends where the check
   * fails or no node came. Default false: nothing starts before a session.
   */
  readonly early?: boolean
  /** Sees every step from inside; for tests and recorders. */
  readonly probe?: Probe
}

export const EXECUTOR_OPTIONS: OptionsOf<ExecutorOptions> = {
  ...PLAN_OPTIONS,
  onDeadLetter: true,
  deadLetterFile: true,
  log: true,
  clock: true,
  scheduler: true,
  random: true,
  metrics: true,
  fuse: true,
  poolBytes: true,
  threadRestarts: true,
  drainMs: true,
  pace: true,
  tracing: true,
  early: true,
  probe: true,
}
