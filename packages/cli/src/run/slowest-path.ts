import type { Metrics, Plan } from '@anabranch/runtime'
import { edgeName } from '../explain/memory-bound.ts'

/** One step of a path: what a node's work takes, and how long items waited in front of it. Medians, ms. */
export interface PathStep {
  readonly node: string
  readonly wait_ms: number
  readonly work_ms: number
}

export interface SlowestPath {
  readonly steps: readonly PathStep[]
  readonly total_ms: number
}

/** The way from a source to an end on which the medians of waiting and work add up to most. */
export function slowestPath(plan: Plan, { nodes, edges }: Pick<Metrics, 'nodes' | 'edges'>): SlowestPath {
  const best = new Map<string, SlowestPath>()
  for (const { id } of plan.nodes) {
    const work_ms = (nodes[id]?.execution_us.p50 ?? 0) / 1000
    let slowest: SlowestPath = { steps: [{ node: id, wait_ms: 0, work_ms }], total_ms: work_ms }
    for (const edge of plan.edges) {
      if (edge.to !== id) continue
      const before = 'node' in edge.from ? best.get(edge.from.node) : { steps: [], total_ms: 0 }
      const wait_ms = (edges[edgeName(edge)]?.age_us.p50 ?? 0) / 1000
      const total_ms = (before?.total_ms ?? 0) + wait_ms + work_ms
      if (before !== undefined && (total_ms > slowest.total_ms || slowest.steps.length === 1))
        slowest = { steps: [...before.steps, { node: id, wait_ms, work_ms }], total_ms }
    }
    best.set(id, slowest)
  }
  const ends = [...best.values()]
  return ends.reduce((a, b) => (b.total_ms > a.total_ms ? b : a), { steps: [], total_ms: 0 })
}
