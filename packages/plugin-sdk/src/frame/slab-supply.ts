import type { Head } from './head.ts'
import { SIZE_CLASSES, slotsOfSlab } from './size-class.ts'
import { makeSlab, type Slab, type SlabDescription } from './slab.ts'
import type { Slot } from './slot.ts'
import type { SlotTable } from './slot-table.ts'

/** The slabs of one size class in this thread, the first of them asked first. */
interface Shelf {
  readonly slabs: Slab[]
  /** Where a slot was last found or freed. */
  cursor: number
}

/** Finds free slots, and makes slabs where there are none and the pool's bytes allow it. */
export class SlabSupply {
  readonly #table: SlotTable
  readonly #head: Head
  readonly #holder: number
  readonly #shelves: readonly Shelf[] = SIZE_CLASSES.map(() => ({ slabs: [], cursor: 0 }))
  readonly #listeners = new Set<(slab: SlabDescription) => void>()

  constructor(table: SlotTable, head: Head, holder: number) {
    this.#table = table
    this.#head = head
    this.#holder = holder
  }

  /** A slot of this size class whose writer the caller now is; null where there is none. */
  take(sizeClass: number): Slot | null {
    const shelf = this.#shelves[sizeClass] as Shelf
    const { slabs } = shelf
    let at = shelf.cursor
    for (let seen = 0; seen < slabs.length; seen += 1) {
      const slab = slabs[at] as Slab
      const place = slab.acquire(this.#holder)
      if (place !== -1) {
        shelf.cursor = at
        return this.#table.slotIn(slab, place)
      }
      at = at + 1 === slabs.length ? 0 : at + 1
    }
    const slab = this.#make(sizeClass, slabs.length)
    if (slab === null) return null
    const place = slab.acquire(this.#holder)
    return place === -1 ? null : this.#table.slotIn(slab, place)
  }

  /** A slab of another thread, or of this one: listeners hear of it before there is a handle in it. */
  add(description: SlabDescription): Slab | null {
    const slab = this.#table.add(description)
    if (slab === null) return null
    const shelf = this.#shelves[SIZE_CLASSES.indexOf(description.slotBytes)] as Shelf
    shelf.slabs.push(slab)
    for (const listener of this.#listeners) listener(description)
    return slab
  }

  onSlab(listener: (slab: SlabDescription) => void): () => void {
    const one = (slab: SlabDescription) => listener(slab)
    this.#listeners.add(one)
    return () => void this.#listeners.delete(one)
  }

  #make(sizeClass: number, nth: number): Slab | null {
    const slotBytes = SIZE_CLASSES[sizeClass] as number
    const slots = this.#head.reserve(slotBytes, slotsOfSlab(slotBytes, nth))
    if (slots === 0) return null
    const id = this.#head.nextSlab()
    if (id !== -1) return this.add(makeSlab(id, slotBytes, slots, this.#head.generation))
    this.#head.unreserve(slotBytes, slots)
    return null
  }
}
