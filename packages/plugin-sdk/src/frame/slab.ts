import { FRAMES } from '../contract/frames.ts'
import { acquireWord, refsOf, wordAt, wordOf } from './word.ts'

/** A slab as another thread is told of it: by structured clone, which shares the memory. */
export interface SlabDescription {
  readonly id: number
  readonly slotBytes: number
  readonly slots: number
  /** The samples: `slots` times `slotBytes`. */
  readonly data: SharedArrayBuffer
  /** 32 words of one bit a slot, then one line of 64 bytes a slot, whose first Int32 is the slot's word. */
  readonly control: SharedArrayBuffer
  /**
   * One Int16 for each holder and slot: how many leases that holder has, as its own thread writes it; then as many again
   * for what other threads gave it. All slots of holder 0 come first.
   */
  readonly leases: SharedArrayBuffer
}

/** Where the count of a holder's leases is in `leases`; `given` of those that others gave it. */
export const countAt = (slots: number, holder: number, place: number): number => holder * slots + place
export const givenAt = (slots: number, holder: number, place: number): number =>
  (FRAMES.holders + holder) * slots + place

/** Makes the memory of a slab, every slot free and of generation `generation`. */
export function makeSlab(id: number, slotBytes: number, slots: number, generation: number): SlabDescription {
  const control = new SharedArrayBuffer(FRAMES.free_words * 4 + slots * FRAMES.line_bytes)
  const words = new Int32Array(control)
  for (let slot = 0; slot < slots; slot += 1) {
    words[wordAt(slot)] = wordOf(generation, 0)
    words[slot >>> 5] = (words[slot >>> 5] as number) | (1 << (slot & 31))
  }
  return {
    id,
    slotBytes,
    slots,
    data: new SharedArrayBuffer(slots * slotBytes),
    control,
    leases: new SharedArrayBuffer(2 * FRAMES.holders * slots * Int16Array.BYTES_PER_ELEMENT),
  }
}

/**
 * Slots of one size, as one thread sees them. Which slots are free is said by their words alone. The free bits are
 * hints, so that nobody need look at every word:
 *
 * - *No slot is doubled*: whoever gets a slot has done free → writer on its word, and one compare-exchange alone can.
 * - *No slot is lost*: who takes a bit away looks at the word afterwards; who frees a slot sets its bit afterwards. So
 *   while a word is free, its bit is set or somebody is on the way to the one or the other. If the taker finds the word
 *   leased, its holder sets the bit when it frees it, which is later than the taking away: had it been before, the taking
 *   away would have read that bit, and the look after it the freed word. A set bit whose word is
 *   leased costs one look. A thread that was ended between its two steps leaves a free word without its bit: `sweep`
 *   sets the bits of all free words, at any time and beside working threads, since too many bits do no harm.
 */
export class Slab {
  readonly description: SlabDescription
  readonly words: Int32Array
  readonly leases: Int16Array
  /** The word of bits that last had a free slot. */
  #cursor = 0
  /** The slot that this thread freed last: tried first, since its memory is near, and without touching its bit. */
  #last = 0

  constructor(description: SlabDescription) {
    this.description = description
    this.words = new Int32Array(description.control)
    this.leases = new Int16Array(description.leases)
  }

  /** Takes a free slot for a writer of this holder and gives its place, or -1. Its generation is in its word. */
  acquire(holder: number): number {
    const { words, leases } = this
    const first = countAt(this.description.slots, holder, 0)
    const last = this.#last
    if (acquireWord(words, wordAt(last), leases, first + last) !== -1) return last
    const groups = (this.description.slots + 31) >>> 5
    let group = this.#cursor
    for (let seen = 0; seen < groups; seen += 1) {
      for (;;) {
        const bits = words[group] as number
        if (bits === 0) break
        const bit = bits & -bits
        Atomics.and(words, group, ~bit)
        const slot = (group << 5) + 31 - Math.clz32(bit)
        if (acquireWord(words, wordAt(slot), leases, first + slot) === -1) continue
        this.#cursor = group
        return slot
      }
      group = group + 1 === groups ? 0 : group + 1
    }
    return -1
  }

  /** Tells that a slot was freed. */
  setFree(slot: number): void {
    this.#last = slot
    this.#cursor = slot >>> 5
    Atomics.or(this.words, slot >>> 5, 1 << (slot & 31))
  }

  /** Sets the bit of every free slot. */
  sweep(): void {
    for (let slot = 0; slot < this.description.slots; slot += 1)
      if (refsOf(Atomics.load(this.words, wordAt(slot))) === 0) Atomics.or(this.words, slot >>> 5, 1 << (slot & 31))
  }
}
