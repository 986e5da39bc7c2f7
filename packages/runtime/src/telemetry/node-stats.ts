import { Histogram } from './histogram.ts'

/** What an executor counts of one node over all its sessions. */
export class NodeStats {
  /** Input sets that failed, after their retries. */
  errors = 0
  retries = 0
  /** How many calls an error took, where there were retries. */
  readonly attempts = new WeakMap<object, number>()
  readonly executionUs = new Histogram()
  /** Of closed sessions. */
  readonly firstOutputUs = new Histogram()
}
