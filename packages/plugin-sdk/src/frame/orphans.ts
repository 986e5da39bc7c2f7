import { FRAMES } from '../contract/frames.ts'
import { type Head, UNUSED } from './head.ts'
import { leasesOf } from './report.ts'
import type { Slot } from './slot.ts'
import { freed, generationOf, refsOf, WRITER, wordOf } from './word.ts'

/**
 * Takes leases away that nobody has: those of a thread that was ended between the word of a slot and its own count of it.
 * Where this thread is the only one that is attached, its counts are all there are, so what a word says beyond them is
 * nobody's. Gives how many leases those were.
 */
export function freeOrphans(slots: Iterable<Slot>, head: Head, self: number): number {
  for (let holder = 0; holder < FRAMES.holders; holder += 1)
    if (holder !== self && head.stateOf(holder) !== UNUSED) return 0
  let orphans = 0
  for (const slot of slots) {
    const word = Atomics.load(slot.words, slot.at)
    const refs = refsOf(word)
    const leases = refs === WRITER ? 1 : refs
    const held = leasesOf(slot, self)
    if (held >= leases) continue
    orphans += leases - held
    Atomics.store(slot.words, slot.at, held === 0 ? freed(word) : wordOf(generationOf(word), held))
    if (held === 0) slot.slab.setFree(slot.place)
  }
  return orphans
}
