import type { Metrics, Plan } from '@anabranch/runtime'
import type { Position } from '../run/progress.ts'

/** A run at one moment. */
export interface Moment {
  readonly metrics: Metrics
  readonly position: Position
  /** Since it began. */
  readonly ms: number
}

/** What a run shows while it goes on; on stderr, since stdout belongs to data. */
export interface RunView {
  /** How often it wants to know; null where never. */
  readonly everyMs: number | null
  begin(plan: Plan): void
  show(moment: Moment): void
  /** A line of a log, or of the command itself. */
  say(line: string): void
  /** Runs what writes to the same terminal, with nothing of the view in its way. */
  aside(write: () => void): void
  /** Takes away what is only for the time of the run. */
  end(): void
}
