import { AudioBuffer } from '@anabranch/plugin-sdk'
import { type FramePool, releaseAudio, retainAudio } from '@anabranch/plugin-sdk/host'
import { Item } from './item.ts'

/**
 * Audio on an edge may lie in a frame of the pool. Each edge has a lease of its own for each item that waits on it. What
 * is taken goes with its lease, if the consumer gives it back at the end of its call; else as a copy in ordinary memory,
 * which nobody need give back.
 */
export class EdgeFrames {
  readonly #lends: boolean
  readonly #pool: FramePool
  readonly #copied: (bytes: number) => void

  /** `lends`: the consumer gives leases back. `copied` is told the bytes of each copy. */
  constructor(pool: FramePool, lends: boolean, copied: (bytes: number) => void) {
    this.#pool = pool
    this.#lends = lends
    this.#copied = copied
  }

  pushed({ value }: Item): void {
    if (value instanceof AudioBuffer) retainAudio(value)
  }

  /** It was dropped, cancelled or failed while it waited. */
  settled({ value }: Item): void {
    if (value instanceof AudioBuffer) releaseAudio(value)
  }

  taken(item: Item): Item {
    const { value } = item
    if (this.#lends || !(value instanceof AudioBuffer)) return item
    const own = this.#pool.own(value)
    if (own === value) return item
    this.#copied(own.samples.byteLength)
    releaseAudio(value)
    const copy = new Item(own, item.env, item.seq, item.epoch, item.root)
    copy.age = item.age
    return copy
  }
}
