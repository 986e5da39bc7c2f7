import type { Runtime } from '@anabranch/plugin-sdk'
import type { HistogramSnapshot } from './histogram.ts'

/** One node, over all sessions of its executor. Durations in µs. */
export interface NodeMetrics {
  readonly runtime: Runtime
  readonly executions: number
  readonly errors: number
  readonly retries: number
  /** How long a call took; at a stream, how long an output took from the first set that it is made of. */
  readonly execution_us: HistogramSnapshot
  /** One value a session: from the first item that came to the node, or from the start at a source, to the first it gave. */
  readonly first_output_us: HistogramSnapshot
  /** At a source: the media time up to which it has given, in the session that is furthest; null for other nodes. */
  readonly position_us: number | null
  /** Input sets of open and closed sessions, by what became of them. */
  readonly taken: number
  readonly produced: number
  readonly absorbed: number
  readonly filtered: number
  readonly failed: number
  readonly dead_lettered: number
  readonly cancelled: number
  /** Audio that was copied for it out of frames of the pool, because its form, its options or the kind of its input let it keep what it gets. */
  readonly bytes_copied: number
  /** Produced, absorbed and filtered together: what met no error. */
  readonly ok: number
  /** Failed ones that `on_error: skip` let pass. */
  readonly skipped: number
  readonly breaker: 'closed' | 'open' | 'probing'
  /** What the node counted itself, by `context.count`. */
  readonly custom: Readonly<Record<string, number>>
}

/** One edge, over all sessions of its executor. */
export interface EdgeMetrics {
  /** Items that wait now. */
  readonly depth: number
  /** The most that ever waited in one session. */
  readonly high_water: number
  readonly age_us: HistogramSnapshot
  readonly pushed: number
  readonly taken: number
  readonly dropped: Readonly<Record<string, number>>
  readonly cancelled: number
  readonly failed: number
}
