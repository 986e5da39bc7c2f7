import type { Edge } from '../../edges/edge.ts'
import type { Item } from '../../edges/item.ts'
import { type Join, type JoinHost, SetMaker } from './join.ts'

/** Several edges, item by item, round robin. A failed input counts as ended. */
export class MergeJoin implements Join {
  readonly leftover = 'closed'
  readonly #edges: readonly Edge[]
  readonly #makers: readonly SetMaker[]
  #turn = 0

  constructor(host: JoinHost, edges: readonly Edge[]) {
    this.#edges = edges
    this.#makers = edges.map((edge) => new SetMaker(host, [edge]))
  }

  next(): Item | null {
    const edges = this.#edges
    for (let step = 0; step < edges.length; step++) {
      const at = (this.#turn + step) % edges.length
      const item = (edges[at] as Edge).take()
      if (item === null) continue
      this.#turn = (at + 1) % edges.length
      return (this.#makers[at] as SetMaker).make([item.value], [item], item.env)
    }
    return null
  }

  end(): 'ended' | null {
    return this.#edges.every((edge) => edge.over) ? 'ended' : null
  }
}
