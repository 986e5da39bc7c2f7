import type { NodeMetrics } from '../telemetry/metrics.ts'
import type { Engine } from './engine.ts'
import type { EngineNode } from './engine-node.ts'

type Sets = Pick<
  NodeMetrics,
  'taken' | 'produced' | 'absorbed' | 'filtered' | 'failed' | 'dead_lettered' | 'cancelled' | 'bytes_copied'
>
export type SetCounts = { -readonly [K in keyof Sets]: number } & { readonly custom: Record<string, number> }

/** Sums of what became of input sets, over sessions that are closed. */
export class SetTotals {
  readonly #closed = new Map<string, SetCounts>()

  add(engine: Engine): void {
    for (const node of engine.nodes) {
      let counts = this.#closed.get(node.id)
      if (counts === undefined) {
        counts = none()
        this.#closed.set(node.id, counts)
      }
      addNode(counts, node)
    }
  }

  /** Of one node, with the sessions that are open. */
  of(id: string, open: readonly Engine[]): SetCounts {
    const closed = this.#closed.get(id)
    const counts = closed === undefined ? none() : { ...closed, custom: { ...closed.custom } }
    for (const { nodes } of open) for (const node of nodes) if (node.id === id) addNode(counts, node)
    return counts
  }
}

function none(): SetCounts {
  return {
    taken: 0,
    produced: 0,
    absorbed: 0,
    filtered: 0,
    failed: 0,
    dead_lettered: 0,
    cancelled: 0,
    bytes_copied: 0,
    custom: {},
  }
}

function addNode(counts: SetCounts, node: EngineNode): void {
  counts.taken += node.taken
  counts.produced += node.produced
  counts.absorbed += node.absorbed
  counts.filtered += node.filtered
  counts.failed += node.failed
  counts.dead_lettered += node.deadLettered
  counts.cancelled += node.cancelled
  counts.bytes_copied += node.bytesCopied
  for (const name in node.custom) counts.custom[name] = (counts.custom[name] ?? 0) + (node.custom[name] as number)
}
