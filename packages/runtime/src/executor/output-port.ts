import type { Edge } from '../edges/edge.ts'
import type { Env } from '../edges/env.ts'
import { Item } from '../edges/item.ts'
import type { Root } from '../edges/root.ts'

/**
 * One output key of one node: gives out sequence numbers and shares each item over the edges that read the key.
 *
 * Law: emitted = pushed on each edge and tap (since it was put there); `unlinked` where no edge reads the key.
 */
export class OutputPort {
  readonly key: string
  readonly edges: Edge[] = []
  /** Edges to onlookers, who are no reason to run or to wait. */
  taps: readonly Edge[] = []
  emitted = 0
  unlinked = 0
  /** Readies a value for its readers, where it may lie in a frame; null where none can. */
  share: ((value: unknown) => unknown) | null = null

  constructor(key: string) {
    this.key = key
  }

  /** Each edge takes a count of its own; the caller keeps the one it has. */
  emit(value: unknown, env: Env, epoch: number, root: Root | null): void {
    const shared = this.share === null ? value : this.share(value)
    const item = new Item(shared, env, this.emitted++, epoch, root)
    if (this.taps.length > 0) this.#show(item, root)
    const edges = this.edges
    const n = edges.length
    if (n === 0) {
      this.unlinked++
      return
    }
    if (root !== null) root.count += n
    for (let i = 0; i < n; i++) (edges[i] as Edge).push(item)
  }

  #show(item: Item, root: Root | null): void {
    if (root !== null) root.count += this.taps.length
    for (const tap of this.taps) tap.push(item)
  }

  /** The hot case, for a port with exactly one edge and no tap: the caller's count passes on with the item. */
  handOn(edge: Edge, value: unknown, env: Env, epoch: number, root: Root | null): void {
    edge.push(new Item(value, env, this.emitted++, epoch, root))
  }
}
