import { Histogram } from './histogram.ts'

/** What an executor counts of one node over all its sessions. */
export class NodeStats {
  /** Input sets that failed, after their retries. */
  errors = 0
  retries = 0
  /** How many calls an error took, where there were retries. */
  readonly attempts = new WeakMap<object, number>()
  readonly executionUs = new Histogram()
  /** The furthest that a source came in a closed session, µs of media time; null for other nodes. */
  positionUs: number | null = null
  /** Of closed sessions. */
  readonly firstOutputUs = new Histogram()
}
