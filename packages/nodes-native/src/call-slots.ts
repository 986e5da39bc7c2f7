import type { Addon } from './addon.ts'
import { AT, CALLED, type Verb } from './call-block.ts'

/** One call on frames of a pool, which the block names. @throws what it failed with. */
export function callSlots({ block, doors }: Addon, handle: number, verb: Verb): void {
  block[CALLED] = handle
  block[AT.verb] = verb
  doors.call()
  if (block[AT.done] === 0) doors.failure()
}
