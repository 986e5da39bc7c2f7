import type { Item } from './item.ts'

/** A first-in, first-out ring of a power of two. Head and tail only grow, so that their difference is the size. */
export class Ring {
  head = 0
  tail = 0
  #mask: number
  #slots: (Item | undefined)[]

  /** @param capacity grows by itself; a hint that saves the growing. */
  constructor(capacity: number) {
    let size = 1
    while (size < capacity) size <<= 1
    this.#mask = size - 1
    this.#slots = new Array(size).fill(undefined)
  }

  get size(): number {
    return this.tail - this.head
  }

  put(item: Item): void {
    if (this.tail - this.head > this.#mask) this.#grow()
    this.#slots[this.tail++ & this.#mask] = item
  }

  /** The oldest; the ring must not be empty. */
  shift(): Item {
    const at = this.head++ & this.#mask
    const item = this.#slots[at] as Item
    this.#slots[at] = undefined
    return item
  }

  /** The oldest, left where it is; the ring must not be empty. */
  peek(): Item {
    return this.#slots[this.head & this.#mask] as Item
  }

  /** The newest, left where it is; the ring must not be empty. */
  last(): Item {
    return this.#slots[(this.tail - 1) & this.#mask] as Item
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (let at = this.head; at < this.tail; at++) yield this.#slots[at & this.#mask] as Item
  }

  #grow(): void {
    const slots: (Item | undefined)[] = new Array((this.#mask + 1) * 2).fill(undefined)
    const mask = slots.length - 1
    for (let at = this.head; at < this.tail; at++) slots[at & mask] = this.#slots[at & this.#mask]
    this.#slots = slots
    this.#mask = mask
  }
}
