import type { Edge } from '../../edges/edge.ts'
import type { Item } from '../../edges/item.ts'
import { type Join, type JoinHost, SetMaker } from './join.ts'

/** The n-th items of all edges form the n-th set. Ends with the first edge that is over; fails with the first that failed. */
export class ZipJoin implements Join {
  readonly leftover = 'unpaired'
  readonly #edges: readonly Edge[]
  readonly #maker: SetMaker

  constructor(host: JoinHost, edges: readonly Edge[]) {
    this.#edges = edges
    this.#maker = new SetMaker(host, edges)
  }

  next(): Item | null {
    const edges = this.#edges
    const n = edges.length
    let complete = true
    for (let i = 0; i < n; i++) {
      const edge = edges[i] as Edge
      edge.purge()
      if (edge.empty) complete = false
    }
    if (!complete) return null
    return this.#maker.ofHeads(edges)
  }

  end(): 'ended' | Error | null {
    let ended = false
    for (const edge of this.#edges) {
      if (!edge.over) continue
      if (edge.error !== null) return edge.error
      ended = true
    }
    return ended ? 'ended' : null
  }
}
