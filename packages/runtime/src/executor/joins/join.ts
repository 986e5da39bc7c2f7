import type { Edge } from '../../edges/edge.ts'
import { type Env, mergeEnvs } from '../../edges/env.ts'
import { Item } from '../../edges/item.ts'
import type { Roots } from '../../edges/root.ts'
import { type InputRecord, joinRecord } from '../record-maker.ts'

/** How a node forms input sets from its in-edges. Items are taken only when a set is formed, so what waits stays bounded. */
export interface Join {
  /** The next set (its value is the input record), or null where none can be formed now. */
  next(): Item | null
  /** Whether no set can ever be formed again: why not. Asked only after `next` gave null. */
  end(): 'ended' | Error | null
  /** What becomes of items left when it ended. */
  readonly leftover: 'closed' | 'unpaired'
  /** Lets a set be formed that waits for others in vain; false where there is none. For the stall detector. */
  unblock?(): boolean
}

/** What a join needs of its node and session. */
export interface JoinHost {
  readonly roots: Roots
  /** Adds one to a counter of the node. */
  count(metric: string): void
  /** Values of the keys that no edge of the join feeds. */
  readonly template: InputRecord
  /** Remembers, for the probe, which values a record was newly made of; null where nobody looks. */
  readonly parts: WeakMap<object, readonly unknown[]> | null
}

/** Makes one set of several items: their values under their keys, their envelopes merged, their counts one. */
export class SetMaker {
  readonly #host: JoinHost
  readonly #keys: readonly string[]

  constructor(host: JoinHost, edges: readonly Edge[]) {
    this.#host = host
    this.#keys = edges.map((edge) => edge.key)
  }

  /** One set of the heads of all edges; the first one's envelope is the primary. */
  ofHeads(edges: readonly Edge[]): Item {
    const { template, parts, roots } = this.#host
    const n = edges.length
    const record = { ...template }
    const first = (edges[0] as Edge).takeHead()
    record[this.#keys[0] as string] = first.value
    // A fork that meets again is the hot case: one envelope and one root, and nothing to list.
    let items: Item[] | null = null
    for (let i = 1; i < n; i++) {
      const item = (edges[i] as Edge).takeHead()
      record[this.#keys[i] as string] = item.value
      if (items === null) {
        if (item.env === first.env && item.root === first.root) continue
        // What came before differs from the first in nothing that is merged.
        items = new Array<Item>(i).fill(first)
      }
      items.push(item)
    }
    if (parts !== null)
      parts.set(
        record,
        this.#keys.map((key) => record[key]),
      )
    if (items !== null) return new Item(record, mergeEnvs(items, first.env), 0, 0, roots.fuse(items))
    if (first.root !== null) first.root.count -= n - 1
    return new Item(record, first.env, 0, 0, first.root)
  }

  /** @param values by edge; `fresh` are the items taken for this set, `primary` the envelope whose time it keeps. */
  make(values: readonly unknown[], fresh: readonly Item[], primary: Env): Item {
    const { template, parts, roots } = this.#host
    const record = joinRecord(this.#keys, values, template)
    parts?.set(
      record,
      fresh.map((item) => item.value),
    )
    return new Item(record, mergeEnvs(fresh, primary), 0, 0, roots.fuse(fresh))
  }
}
