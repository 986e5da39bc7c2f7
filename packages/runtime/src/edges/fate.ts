/**
 * What becomes of a root. The number is its rank: a root whose items met several fates gets the highest.
 * Drops are ranked among themselves in the order of this list, only so that the answer is the same each time.
 */
export const FATE = {
  filtered: 0,
  delivered: 1,
  overflow: 2,
  deadline: 3,
  unpaired: 4,
  late: 5,
  superseded: 6,
  closed: 7,
  cancelled: 8,
  deadLettered: 9,
  failed: 10,
} as const

export type Fate = (typeof FATE)[keyof typeof FATE]
/** Why an edge let an item go. */
export type DropReason = 'overflow' | 'deadline' | 'unpaired' | 'late' | 'superseded' | 'closed'
export const DROP_REASONS = ['overflow', 'deadline', 'unpaired', 'late', 'superseded', 'closed'] as const
export const FATES = Object.keys(FATE).length

/** A count of 0 for each reason. */
export function noDrops(): Record<DropReason, number> {
  return { overflow: 0, deadline: 0, unpaired: 0, late: 0, superseded: 0, closed: 0 }
}
