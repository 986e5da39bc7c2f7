import { Buffer } from 'node:buffer'

/** Memory in which messages stand one behind the other. */
export interface Slab {
  readonly buffer: Buffer
  /** Where the next message begins. */
  used: number
  /** Packets in it that may have to be sent again. */
  kept: number
}

const SMALLEST = 1 << 12
const LARGEST = 1 << 19
/** Slabs that wait for their next use. */
const SPARE_MOST = 4

/**
 * Memory of one link for what it sends, used again once everything in it is acknowledged: a buffer for each message would
 * be memory outside the heap of JavaScript, which has it collected in full again and again.
 */
export class Slabs {
  readonly #spare: Slab[] = []
  #size = SMALLEST
  #current: Slab = { buffer: Buffer.allocUnsafeSlow(SMALLEST), used: 0, kept: 0 }

  get current(): Slab {
    return this.#current
  }

  /** Memory for what did not fit into the current one; that is the current one then. */
  take(bytes: number): Slab {
    const spare = this.#spare.findIndex(({ buffer }) => buffer.length >= bytes)
    this.#current = this.#spare.splice(spare, spare < 0 ? 0 : 1)[0] ?? this.#larger(bytes)
    return this.#current
  }

  /** Memory that is in the processor's cache still is written soonest: there is more of it only where there is none to spare. */
  #larger(bytes: number): Slab {
    this.#size = Math.min(2 * this.#size, LARGEST)
    return { buffer: Buffer.allocUnsafeSlow(Math.max(bytes, this.#size)), used: 0, kept: 0 }
  }

  /**
   * A packet of it is acknowledged. After the last one it may be written over: what was handed to the connection lies there no
   * longer than the turn in which that was, and an acknowledgement comes in a later one.
   */
  release(slab: Slab): void {
    if (--slab.kept > 0) return
    slab.used = 0
    const fits = slab.buffer.length >= this.#size && slab.buffer.length <= LARGEST
    if (slab !== this.#current && fits && this.#spare.length < SPARE_MOST) this.#spare.push(slab)
  }
}
