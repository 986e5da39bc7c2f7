import { FRAMES } from '../contract/frames.ts'

/**
 * The state of a slot is one Int32 word: generation (20 bits) above refs (12 bits). Its moves, each one
 * compare-exchange, equal to those of the Rust crate anabranch-frame:
 *
 *     free (0)      acquire ► writer (4095)
 *     writer        publish(n) ► n readers;  release ► free, generation + 1
 *     n readers     retain(k) ► n + k;  release(k) ► n − k, at 0 free and generation + 1;  unique, of 1 ► writer
 *
 * Each move but `acquire` names the generation it means. Checking that before a move, apart from it, would race; as part
 * of the exchange it cannot: a slot that somebody holds keeps its generation.
 */
export const WRITER = FRAMES.writer
export const READERS_MAX = FRAMES.readers_max
// Constants of this file, since one that is read from an object or another module costs a load each time.
const REFS_BITS = FRAMES.refs_bits
const REFS = 2 ** REFS_BITS - 1
const FREE_WORDS = FRAMES.free_words
const LINE_WORDS = FRAMES.line_bytes / Int32Array.BYTES_PER_ELEMENT

export const DONE = 0
/** The last lease went: the slot is free and its generation one higher. */
export const FREED = 1
/** The slot has another generation: the lease has ended. */
export const STALE = 2
/** The move is not one of this state: publish of what is no writer's, retain or unique of what is. */
export const REFUSED = 3
/** More readers than the word can count. */
export const FULL = 4
export type Outcome = typeof DONE | typeof FREED | typeof STALE | typeof REFUSED | typeof FULL

export const generationOf = (word: number): number => word >>> REFS_BITS
export const refsOf = (word: number): number => word & REFS
export const wordOf = (generation: number, refs: number): number => (generation << REFS_BITS) | refs
/** Free, one generation on; after the last generation comes 0. */
export const freed = (word: number): number => ((word | REFS) + 1) | 0

/*
 * The moves, each with the account of who holds what: `counts[mine]` is how many leases of this slot this thread has, and
 * its own thread alone writes it. Words are read plainly (an Atomics.load costs as much as an exchange): the exchange
 * afterwards finds out whether that was the last word, and a slot of which one has a lease keeps its generation.
 *
 * The count and the word change with nothing between them that can end a thread: V8 ends one at the entry of a function
 * or at the end of a loop's turn, so no function of ours is called there and no loop turns. And the count is never above
 * what is held: it is raised after the exchange and lowered before it. So were a thread to end there all the same, a
 * slot would stay leased, by nobody as the report shows it, and would never be freed under a reader. Once no other thread
 * is attached, a reclaim takes such leases away (`orphans.ts`).
 */

/** Free → writer. Gives the generation, or -1 where the slot is not free or somebody else was faster. */
export function acquireWord(words: Int32Array, at: number, counts: Int16Array, mine: number): number {
  const word = words[at] as number
  const generation = word >>> REFS_BITS
  if ((word & REFS) !== 0 || Atomics.compareExchange(words, at, word, word | WRITER) !== word) return -1
  counts[mine] = (counts[mine] as number) + 1
  return generation
}

/** Writer → `readers`, of which there is at least one. */
export function publishWord(
  words: Int32Array,
  at: number,
  counts: Int16Array,
  mine: number,
  generation: number,
  readers: number,
): Outcome {
  if ((counts[mine] as number) === 0) return STALE
  const from = wordOf(generation, WRITER)
  const to = wordOf(generation, readers)
  const found = Atomics.compareExchange(words, at, from, to)
  if (found === from) {
    counts[mine] = (counts[mine] as number) + readers - 1
    return DONE
  }
  return isOf(found, generation) ? REFUSED : STALE
}

/** n → n + more, for n > 0. */
export function retainWord(
  words: Int32Array,
  at: number,
  counts: Int16Array,
  mine: number,
  generation: number,
  more: number,
): Outcome {
  for (;;) {
    const word = words[at] as number
    if (!isOf(word, generation)) return STALE
    const refs = refsOf(word)
    if (refs === WRITER) return REFUSED
    if (refs + more > READERS_MAX) return FULL
    if (Atomics.compareExchange(words, at, word, word + more) === word) {
      counts[mine] = (counts[mine] as number) + more
      return DONE
    }
  }
}

/** Gives `leases` of this thread back: n → n − leases, or the one of the writer. */
export function releaseWord(
  words: Int32Array,
  at: number,
  counts: Int16Array,
  mine: number,
  generation: number,
  leases: number,
): Outcome {
  for (;;) {
    const word = words[at] as number
    const count = counts[mine] as number
    if (!isOf(word, generation) || count < leases) return STALE
    const refs = refsOf(word)
    const held = refs === WRITER ? 1 : refs
    if (leases > held) return STALE
    const last = leases === held
    const to = last ? freed(word) : word - leases
    counts[mine] = count - leases
    if (Atomics.compareExchange(words, at, word, to) === word) return last ? FREED : DONE
    counts[mine] = count
  }
}

/** The only reader, which is this thread's → writer. `REFUSED` where there are more. */
export function uniqueWord(
  words: Int32Array,
  at: number,
  counts: Int16Array,
  mine: number,
  generation: number,
): Outcome {
  if ((counts[mine] as number) === 0) return STALE
  const from = wordOf(generation, 1)
  const found = Atomics.compareExchange(words, at, from, wordOf(generation, WRITER))
  if (found === from) return DONE
  return isOf(found, generation) ? REFUSED : STALE
}

/** Leased, and of this generation. */
const isOf = (word: number, generation: number): boolean => generationOf(word) === generation && refsOf(word) !== 0

/** Where the word of a slot is in its slab's control memory: behind the words of free bits, at the start of a line. */
export const wordAt = (place: number): number => FREE_WORDS + place * LINE_WORDS
