import type { FramePool, SlabDescription } from '@anabranch/plugin-sdk/host'
import type { AddonDoors } from './addon-doors.ts'

/** Makes frame pools known to one addon in this thread, each once: a slab before the first handle in it. */
export class PoolRegistry {
  readonly #doors: AddonDoors
  readonly #numbers = new WeakMap<FramePool, number>()
  /** Most calls are on the pool of the call before. */
  #lastPool: FramePool | null = null
  #lastNumber = 0

  constructor(doors: AddonDoors) {
    this.#doors = doors
  }

  /** The number by which the addon knows a pool. */
  numberOf(pool: FramePool): number {
    if (pool === this.#lastPool) return this.#lastNumber
    let number = this.#numbers.get(pool)
    if (number === undefined) {
      number = this.#register(pool)
      this.#numbers.set(pool, number)
    }
    this.#lastPool = pool
    this.#lastNumber = number
    return number
  }

  #register(pool: FramePool): number {
    const doors = this.#doors
    const number = doors.pool()
    const add = ({ id, slotBytes, slots, data, control }: SlabDescription) =>
      doors.slab(number, id, slotBytes, slots, new Uint8Array(data), new Int32Array(control))
    const stop = pool.onSlab(add)
    for (const slab of pool.slabs) add(slab)
    pool.onClose(() => {
      stop()
      this.#numbers.delete(pool)
      if (this.#lastPool === pool) this.#lastPool = null
      doors.dropPool(number)
    })
    return number
  }
}
