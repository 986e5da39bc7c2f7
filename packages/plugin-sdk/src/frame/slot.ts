import { FRAMES } from '../contract/frames.ts'
import type { FrameMetrics, FramePool } from './frame-pool.ts'
import type { LeakWatch } from './leak-watch.ts'
import { countAt, givenAt, type Slab } from './slab.ts'
import { wordAt } from './word.ts'

/** What a slot needs of its pool. */
export interface SlotOwner {
  readonly pool: FramePool
  readonly holder: number
  readonly metrics: FrameMetrics
  readonly leaks: LeakWatch | null
}

const VIEWS_MAX = 8

/** A slot as one thread sees it, made once and used again: where its parts are, and views over its samples. */
export class Slot {
  readonly owner: SlotOwner
  readonly slab: Slab
  /** Its place in the slab. */
  readonly place: number
  /** Its number in the pool. */
  readonly number: number
  readonly words: Int32Array
  /** Of its word in `words`. */
  readonly at: number
  readonly leases: Int16Array
  /** Of the count of this thread's leases in `leases`. */
  readonly mine: number
  /** Of those that other threads gave it. */
  readonly given: number
  readonly byteOffset: number
  readonly byteLength: number
  /** What acquired it last in this thread, and of which generation that was. */
  by = ''
  byGeneration = -1
  #view: Float32Array | null = null
  /** By length; a slot meets few of them. */
  readonly #views = new Map<number, Float32Array>()

  constructor(owner: SlotOwner, slab: Slab, place: number) {
    const { id, slotBytes, slots } = slab.description
    this.owner = owner
    this.slab = slab
    this.place = place
    this.number = id * FRAMES.slots_per_slab + place
    this.words = slab.words
    this.at = wordAt(place)
    this.leases = slab.leases
    this.mine = countAt(slots, owner.holder, place)
    this.given = givenAt(slots, owner.holder, place)
    this.byteOffset = place * slotBytes
    this.byteLength = slotBytes
  }

  /** The first `length` samples; the same view each time. Making one costs more than all moves of a frame together. */
  view(length: number): Float32Array {
    if (this.#view !== null && this.#view.length === length) return this.#view
    let view = this.#views.get(length)
    if (view === undefined) {
      if (this.#views.size === VIEWS_MAX) this.#views.clear()
      view = new Float32Array(this.slab.description.data, this.byteOffset, length)
      this.#views.set(length, view)
    }
    this.#view = view
    return view
  }
}
