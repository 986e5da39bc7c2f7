import { NodeNotFoundError } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'
import type { Graph } from '../graph/graph.ts'
import type { Ledger } from './ledger.ts'
import type { SessionOutput } from './runners/outlet-runner.ts'

/** What a one-shot run gave, by final node and output key. */
export class Results {
  ledger!: Ledger
  readonly #values = new Map<string, unknown[]>()
  readonly #graph: Graph

  constructor(graph: Graph) {
    this.#graph = graph
  }

  add({ from, value }: SessionOutput): void {
    const values = this.#values.get(from)
    if (values === undefined) this.#values.set(from, [value])
    else values.push(value)
  }

  /**
   * The last value of `node.key`; a bare key where only one final node gave it. `undefined` where nothing came.
   * @throws NodeNotFoundError for a bare key that several final nodes gave, and for a node that is not in the graph.
   */
  get(ref: string): unknown {
    return this.all(ref).at(-1)
  }

  /** All values of `node.key`, in order. */
  all(ref: string): readonly unknown[] {
    return this.#values.get(this.#resolve(ref)) ?? []
  }

  /** Every `node.key` that something came from. */
  get keys(): readonly string[] {
    return [...this.#values.keys()]
  }

  #resolve(ref: string): string {
    const dot = ref.indexOf('.')
    if (dot < 0) {
      const fits = this.keys.filter((key) => key.endsWith(`.${ref}`))
      if (fits.length > 1)
        throw new NodeNotFoundError(`"${ref}" is ambiguous: ${fits.join(', ')}`, {
          nearest: fits,
          fix: `write one of ${fits.join(', ')}`,
        })
      return fits[0] ?? ref
    }
    const node = ref.slice(0, dot)
    const ids = this.#graph.nodes.map(({ id }) => id)
    if (!ids.includes(node)) {
      const near = nearest(node, ids)
      throw new NodeNotFoundError(`no node "${node}" in this pipeline`, {
        nearest: near,
        fix: `use one of ${ids.slice(0, 12).join(', ')}`,
      })
    }
    return ref
  }
}
