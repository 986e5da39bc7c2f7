import type { NextTime } from '@anabranch/plugin-sdk/host'
import type { Env } from '../../edges/env.ts'
import type { Item } from '../../edges/item.ts'
import type { HoldSet } from '../hold-set.ts'
import type { OutputTime } from '../output-time.ts'

/** Whether a set goes on as it is in a fused run. A gap or a deadline is the engine's to deal with between two nodes. */
export function isOrdinary({ env }: Item): boolean {
  return !env.discont && env.deadline === 0
}

/** The same of all that a node holds. */
export function areOrdinary(holds: HoldSet | null): boolean {
  if (holds === null) return true
  return holds.sets.every(isOrdinary) && (holds.current === null || isOrdinary(holds.current))
}

/** What an output that was given now would be made of; null where its set has not come yet. */
export function madeOf(holds: HoldSet | null, atWork: Item | null): Env | null {
  if (holds === null) return atWork?.env ?? null
  return (holds.current ?? holds.sets[0])?.env ?? null
}

/** Writes when an output is that a node gives next, by the rule of its key; false where that is not known. */
export function tellTime(time: NextTime, rule: OutputTime | null, env: Env | null): boolean {
  if (rule !== null) return rule.tell(time, env)
  time.pts = Number.NaN
  time.rate = 0
  time.says = false
  return true
}
