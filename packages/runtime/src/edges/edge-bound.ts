import { byteLength } from './byte-length.ts'
import type { Item } from './item.ts'
import type { Ring } from './ring.ts'

/** The bounds of an edge beside its item count: media time and bytes. Only edges that name one have it. */
export class EdgeBound {
  readonly #maxUs: number
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxMs: number | undefined, maxBytes: number | undefined) {
    this.#maxUs = maxMs === undefined ? Number.POSITIVE_INFINITY : maxMs * 1000
    this.#maxBytes = maxBytes ?? Number.POSITIVE_INFINITY
  }

  /** Whether what waits reaches a bound already. An empty edge is never full, so that a large item can pass alone. */
  full(ring: Ring): boolean {
    if (ring.size === 0) return false
    const newest = ring.last().env
    return newest.pts + newest.duration - ring.peek().env.pts >= this.#maxUs || this.#bytes >= this.#maxBytes
  }

  added(item: Item): void {
    this.#bytes += byteLength(item.value)
  }

  removed(item: Item): void {
    this.#bytes -= byteLength(item.value)
  }
}
