import { FRAMES } from '../contract/frames.ts'

export const SIZE_CLASSES: readonly number[] = FRAMES.size_classes

/** The smallest class whose slots hold `bytes`, as its place in the list; -1 where none is large enough. */
export function sizeClassOf(bytes: number): number {
  for (let at = 0; at < SIZE_CLASSES.length; at += 1) if (bytes <= (SIZE_CLASSES[at] as number)) return at
  return -1
}

/** Slots of the `nth` slab (from 0) of a class: each twice the one before, so that a small pipeline stays small. */
export function slotsOfSlab(slotBytes: number, nth: number): number {
  const first = Math.max(1, FRAMES.first_slab_bytes / slotBytes)
  const most = Math.min(FRAMES.slots_per_slab, FRAMES.slab_bytes / slotBytes)
  return Math.min(most, first * 2 ** Math.min(nth, 10))
}
