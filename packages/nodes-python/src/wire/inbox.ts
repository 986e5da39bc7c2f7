import type { ExtDecoder } from './ext.ts'
import { FLAG, type Packet } from './packet.ts'
import { Joiner } from './parts.ts'

/** The receiving half of a link: hands every packet on once, in the order of their numbers. */
export class Inbox {
  readonly #joiner: Joiner
  #seen = 0
  /** Packets that had come before. */
  duplicates = 0
  /** Packets that came too early: one before them is missing, and they will come again. */
  early = 0

  constructor(ext?: ExtDecoder) {
    this.#joiner = new Joiner(ext)
  }

  /** Every packet up to this number was handed on. */
  get seen(): number {
    return this.#seen
  }

  /**
   * What this packet completes: itself, a packet of which it is the last part, or nothing. Packets without a number stand
   * outside the order.
   *
   * @throws MarshalingError or LimitExceededError for parts that are none
   */
  take(packet: Packet): Packet | null {
    if (packet.seq === 0) return packet
    if (packet.seq <= this.#seen) {
      this.duplicates++
      return null
    }
    if (packet.seq > this.#seen + 1) {
      this.early++
      return null
    }
    this.#seen++
    return (packet.flags & FLAG.part) === 0 ? packet : this.#joiner.add(packet)
  }
}
