import { FRAMES } from '../contract/frames.ts'
import { StaleFrameError } from '../errors/classes.ts'
import { isHandle, slotOfHandle } from './handle.ts'
import { Slab, type SlabDescription } from './slab.ts'
import { Slot, type SlotOwner } from './slot.ts'

const PLACES = FRAMES.slots_per_slab - 1
const SLAB_SHIFT = Math.log2(FRAMES.slots_per_slab)

/** Slabs by their memory, over all pools of this thread: for views that are not known to lie in a slot. */
const bySlabMemory = new WeakMap<ArrayBufferLike, { readonly table: SlotTable; readonly slab: Slab }>()

/** The slot that a view lies in, in whichever pool of this thread; null for other memory. */
export function slotUnder(view: ArrayBufferView): Slot | null {
  const found = bySlabMemory.get(view.buffer)
  if (found === undefined) return null
  const { slab, table } = found
  return table.slotIn(slab, Math.floor(view.byteOffset / slab.description.slotBytes))
}

/** The slabs that a thread knows, and its slots, each made at its first use. */
export class SlotTable {
  readonly slabs: (Slab | undefined)[] = []
  /** By slab and place. */
  readonly #slots: ((Slot | undefined)[] | undefined)[] = []
  readonly #owner: SlotOwner

  constructor(owner: SlotOwner) {
    this.#owner = owner
  }

  /** Null where it is known already. */
  add(description: SlabDescription): Slab | null {
    if (this.slabs[description.id] !== undefined) return null
    const slab = new Slab(description)
    this.slabs[description.id] = slab
    this.#slots[description.id] = new Array(description.slots).fill(undefined)
    bySlabMemory.set(description.data, { table: this, slab })
    return slab
  }

  slotIn(slab: Slab, place: number): Slot {
    const slots = this.#slots[slab.description.id] as (Slot | undefined)[]
    return slots[place] ?? this.#makeSlot(slots, slab, place)
  }

  /** The slot that a handle names, of whichever generation. @throws StaleFrameError where this pool has none, counted. */
  slotOfHandle(handle: number): Slot {
    if (isHandle(handle)) {
      const number = slotOfHandle(handle)
      const place = number & PLACES
      const slots = this.#slots[number >>> SLAB_SHIFT]
      if (slots !== undefined && place < slots.length)
        return slots[place] ?? this.#makeSlot(slots, this.slabs[number >>> SLAB_SHIFT] as Slab, place)
    }
    this.#owner.metrics.stale += 1
    throw new StaleFrameError(`${handle} is no frame of this pool`, {
      fix: 'use a handle in the pool that gave it, and add its slab before',
    })
  }

  #makeSlot(slots: (Slot | undefined)[], slab: Slab, place: number): Slot {
    const slot = new Slot(this.#owner, slab, place)
    slots[place] = slot
    return slot
  }

  *all(): Generator<Slot> {
    for (const slab of this.slabs)
      if (slab !== undefined)
        for (let place = 0; place < slab.description.slots; place += 1) yield this.slotIn(slab, place)
  }
}
