import type { Env } from './env.ts'
import type { Root } from './root.ts'

/** What lies on an edge. Shared by all edges of one emission, and never written after the first push. */
export class Item {
  readonly value: unknown
  readonly env: Env
  /** Given by the emitting node, per output key. */
  readonly seq: number
  readonly epoch: number
  /** One count of it is this item's. `null` for what was made of nothing (startWith, flush). */
  readonly root: Root | null
  /** When it was pushed: the turn's clock, 0.1 ms as a small integer (a double would cost 16 bytes an item). */
  age = 0

  constructor(value: unknown, env: Env, seq: number, epoch: number, root: Root | null) {
    this.value = value
    this.env = env
    this.seq = seq
    this.epoch = epoch
    this.root = root
  }
}

/** The item with the mark that so many before it were dropped: on a copy, since other edges may share it. */
export function afterGap(item: Item, lost: number): Item {
  const env = item.env.copy()
  env.discont = true
  env.lost += lost
  return new Item(item.value, env, item.seq, item.epoch, item.root)
}
