import { FRAMES } from '../contract/frames.ts'

/** Who may hold leases: a thread. The states of its cell. */
export const UNUSED = 0
/** Told to a thread that has not attached yet; leases may already be given to it. */
export const EXPECTED = 1
export const LIVE = 2
/** Its thread has ended, its native tasks perhaps not: what it held stays as it is. */
export const QUARANTINED = 3

const LIMIT = 0
const USED = 1
const NEXT_SLAB = 2
const GENERATION = 3
const HOLDERS = 4
const KIB = 1024
const SLABS = 2 ** FRAMES.slot_bits / FRAMES.slots_per_slab

/** What the threads of a pool share beside the slabs: the bytes taken, the slab numbers, and who the holders are. */
export class Head {
  readonly memory: SharedArrayBuffer
  readonly #cells: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#cells = new Int32Array(memory)
  }

  static make(bytes: number, generation: number): Head {
    const head = new Head(new SharedArrayBuffer((HOLDERS + FRAMES.holders) * Int32Array.BYTES_PER_ELEMENT))
    head.#cells[LIMIT] = Math.floor(bytes / KIB)
    head.#cells[GENERATION] = generation
    head.#cells[HOLDERS] = LIVE
    return head
  }

  /** The generation that every new slot starts with. */
  get generation(): number {
    return this.#cells[GENERATION] as number
  }

  /**
   * Takes room for up to `slots` slots off the pool's bytes, and gives for how many there was room. More than one slot
   * never takes more than a quarter of the pool, so that the first class does not leave the others without.
   */
  reserve(slotBytes: number, slots: number): number {
    const unit = slotBytes / KIB
    const limit = this.#cells[LIMIT] as number
    const most = Math.min(slots, Math.max(1, Math.floor(limit / 4 / unit)))
    for (;;) {
      const used = Atomics.load(this.#cells, USED)
      const some = Math.min(most, Math.floor((limit - used) / unit))
      if (some <= 0) return 0
      if (Atomics.compareExchange(this.#cells, USED, used, used + some * unit) === used) return some
    }
  }

  unreserve(slotBytes: number, slots: number): void {
    Atomics.sub(this.#cells, USED, (slotBytes / KIB) * slots)
  }

  /** The number of a new slab, or -1 where all are used up. */
  nextSlab(): number {
    for (;;) {
      const next = Atomics.load(this.#cells, NEXT_SLAB)
      if (next === SLABS) return -1
      if (Atomics.compareExchange(this.#cells, NEXT_SLAB, next, next + 1) === next) return next
    }
  }

  /** A holder for a thread to come, or -1 where all are used. */
  expectHolder(): number {
    for (let holder = 0; holder < FRAMES.holders; holder += 1)
      if (this.changeHolder(holder, UNUSED, EXPECTED)) return holder
    return -1
  }

  changeHolder(holder: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#cells, HOLDERS + holder, from, to) === from
  }

  /** The state of a holder; `UNUSED` for a number that is none. */
  stateOf(holder: number): number {
    const known = Number.isInteger(holder) && holder >= 0 && holder < FRAMES.holders
    return known ? Atomics.load(this.#cells, HOLDERS + holder) : UNUSED
  }
}
