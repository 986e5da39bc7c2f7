import { type Env, mergeEnvs } from '../edges/env.ts'
import type { Fate } from '../edges/fate.ts'
import { Item } from '../edges/item.ts'
import type { Root, Roots } from '../edges/root.ts'

/** How sets leave a hold set, as the node law counts them. */
export interface HoldCounters {
  produced: number
  absorbed: number
  filtered: number
  failed: number
  deadLettered: number
  cancelled: number
}

/** What a hold set needs of its session. */
export interface HoldHost {
  readonly roots: Roots
  /** Remembers, for the probe, what a merged set was made of. */
  readonly parts: WeakMap<object, readonly unknown[]> | null
  settle(item: Item, fate: Fate): void
}

/**
 * The input sets that a node took and has not answered yet. The first emission of a synchronous run merges them into
 * one (`current`): every emission of that run is made of it. At the end of the run they are settled: one as produced,
 * several as absorbed.
 */
export class HoldSet {
  #sets: Item[] = []
  #current: Item | null = null
  #merged = 0
  readonly #host: HoldHost

  constructor(host: HoldHost) {
    this.#host = host
  }

  /** Sets held, merged ones included. */
  get size(): number {
    return this.#sets.length + this.#merged
  }

  get current(): Item | null {
    return this.#current
  }

  add(item: Item, stamp: number): Item {
    const held = new Item(item.value, item.env, item.seq, stamp, item.root)
    this.enter(held)
    return held
  }

  /** A set that was taken out is back: it is the last now. */
  enter(held: Item): void {
    this.#sets.push(held)
  }

  /** What an emission made now is made of; null where nothing is held. */
  merge(): Item | null {
    if (this.#current !== null || this.#sets.length === 0) return this.#current
    const sets = this.#sets
    this.#sets = []
    this.#merged = sets.length
    const [first] = sets as [Item]
    const epoch = sets.reduce((least, { epoch }) => Math.min(least, epoch), Number.POSITIVE_INFINITY)
    const value = {}
    this.#host.parts?.set(
      value,
      sets.map((set) => set.value),
    )
    this.#current = new Item(value, spanOf(sets), first.seq, epoch, this.#host.roots.fuse(sets))
    return this.#current
  }

  /** Takes one set out; false where it is merged already, or gone. */
  remove(held: Item): boolean {
    const at = this.#sets.indexOf(held)
    if (at < 0) return false
    this.#sets.splice(at, 1)
    return true
  }

  /** The run that emitted is over. */
  settleEmitted(counters: HoldCounters, okFate: Fate): void {
    const current = this.#current
    if (current === null) return
    if (this.#merged === 1) counters.produced++
    else counters.absorbed += this.#merged
    this.#current = null
    this.#merged = 0
    this.#host.roots.release(current.root, okFate)
  }

  /** All that is held leaves in one way, but for one set that lives on (and what is merged with it). */
  settleAll(counters: HoldCounters, counter: keyof HoldCounters, fate: Fate, kept: Item | null = null): void {
    const sets = this.#sets
    const current = this.#current
    const stays = kept !== null && sets.includes(kept)
    const mergedStays = kept !== null && !stays && current !== null
    this.#sets = stays ? [kept] : []
    for (const set of sets) {
      if (set === kept) continue
      counters[counter]++
      this.#host.settle(set, fate)
    }
    if (current === null || mergedStays) return
    counters[counter] += this.#merged
    this.#current = null
    this.#merged = 0
    this.#host.settle(current, fate)
  }

  /** The sets that wait, oldest first, without what is merged. */
  get sets(): readonly Item[] {
    return this.#sets
  }

  walk(visit: (root: Root | null) => void): void {
    for (const { root } of this.#sets) visit(root)
    if (this.#current !== null) visit(this.#current.root)
  }
}

/** The envelope over several sets: from the first one's pts to the last one's end. */
function spanOf(sets: readonly Item[]): Env {
  const first = (sets[0] as Item).env
  if (sets.length === 1) return first
  const last = (sets[sets.length - 1] as Item).env
  const merged = mergeEnvs(sets, first)
  if (merged === first) return first
  merged.duration = Math.max(0, last.pts + last.duration - first.pts)
  return merged
}
