/** What happens when an edge is full. */
export type EdgePolicy = 'block' | 'drop-oldest' | 'drop-newest' | 'latest' | 'error'

export interface EdgeOptions {
  readonly policy: EdgePolicy
  /** Items; 1 for `latest`. */
  readonly max: number
  readonly maxMs?: number | undefined
  readonly maxBytes?: number | undefined
  /** A drop here leaves the root's fate alone. */
  readonly bestEffort: boolean
}
