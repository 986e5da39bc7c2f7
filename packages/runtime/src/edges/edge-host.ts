import type { Fate } from './fate.ts'
import type { Item } from './item.ts'

/** What an edge needs of the session that it belongs to. */
export interface EdgeHost {
  readonly sessionId: string
  /** The turn's clock, 0.1 ms as a small integer. */
  now: number
  readonly clock: { now(): number }
  wake(node: EdgeEnd): void
  /** An item met its end on this edge. */
  settle(item: Item, fate: Fate): void
}

/** A node, as an edge sees it. */
export interface EdgeEnd {
  readonly id: string
  queued: boolean
  /** An error to fail with, in its own next step. */
  broken: Error | null
  /** One of its out-edges takes no more items. */
  detached(): void
}
