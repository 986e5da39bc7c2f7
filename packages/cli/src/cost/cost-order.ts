import type { ConformOrder } from '../conform/order.ts'
import type { CostLabel } from './cost-label.ts'

/** What one process measures: a node type of a plugin, in one runtime, in the place where it runs by default. */
export interface CostOrder
  extends Pick<ConformOrder, 'plugin' | 'from' | 'type' | 'runtime' | 'where' | 'params' | 'feed'> {
  /** Somebody gave params or a feed for it: one that changes the world is not measured with made-up ones. */
  readonly given: boolean
}

/** What it found; the machine and the version are known outside. */
export type Cost = Omit<CostLabel, 'version' | 'machine'>

/** What the process says. */
export type CostNews =
  | { readonly kind: 'cost'; readonly cost: Cost }
  | { readonly kind: 'refused'; readonly message: string; readonly fix?: string }
