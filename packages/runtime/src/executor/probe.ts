import type { Fate } from '../edges/fate.ts'

/**
 * Sees every step of a session from inside: for tests and recorders. It must not throw, and what it does is paid
 * by every item.
 */
export interface Probe {
  /** After a node's step; laws hold here. */
  step?(nodeId: string): void
  /** An item with this value met its end. A value that was merged arrives as a list of what it was made of. */
  event?(value: unknown, fate: Fate): void
  /** A root was accepted with this record. */
  accept?(rootId: number, values: object): void
  /** A root settled. */
  settle?(rootId: number, fate: Fate): void
}
