import { LIMITS } from '@anabranch/plugin-sdk/host'
import { ITEMS_AROUND } from './message-writer.ts'

/** Packets of one message. */
export const PACKETS_PER_MESSAGE = 16
/** Bytes of one message that has more than one packet. */
const BATCH_BYTES = 256 * 1024

/** What still fits into a message: its first packet always does. */
export class Room {
  packets = 0
  #items = ITEMS_AROUND
  #bytes = 0
  readonly #most: number

  constructor(most: number) {
    this.#most = Math.min(BATCH_BYTES, most)
  }

  get full(): boolean {
    return this.packets >= PACKETS_PER_MESSAGE
  }

  take(size: number, items: number): boolean {
    const fits = this.#bytes + size <= this.#most && this.#items + items <= LIMITS.msgpack_items
    if (this.full || (this.packets > 0 && !fits)) return false
    this.packets++
    this.#bytes += size
    this.#items += items
    return true
  }
}
