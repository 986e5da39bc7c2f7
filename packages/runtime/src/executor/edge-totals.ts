import type { Edge } from '../edges/edge.ts'
import { DROP_REASONS, type DropReason, noDrops } from '../edges/fate.ts'
import { Histogram } from '../telemetry/histogram.ts'
import type { EdgeMetrics } from '../telemetry/metrics.ts'
import type { Engine } from './engine.ts'

interface Counts {
  depth: number
  high_water: number
  pushed: number
  taken: number
  readonly dropped: Record<DropReason, number>
  cancelled: number
  failed: number
}

/** What an executor counts of its edges, by name, over all sessions: counts are sums, the high water is the highest. */
export class EdgeTotals {
  readonly #closed = new Map<string, Counts>()
  readonly #ages = new Map<string, Histogram>()

  /** How long items waited on the edges of this name, µs: one histogram for all sessions. */
  ages(edge: string): Histogram {
    let ages = this.#ages.get(edge)
    if (ages === undefined) {
      ages = new Histogram()
      this.#ages.set(edge, ages)
    }
    return ages
  }

  /** A session is over. */
  add(engine: Engine): void {
    for (const edge of engine.edges) addTo(this.#closed, edge)
  }

  metrics(open: readonly Engine[]): Record<string, EdgeMetrics> {
    const all = new Map(
      [...this.#closed].map(([name, counts]) => [name, { ...counts, dropped: { ...counts.dropped } }]),
    )
    for (const { edges } of open) for (const edge of edges) addTo(all, edge)
    return Object.fromEntries(
      [...all].map(([name, counts]) => [name, { ...counts, age_us: this.ages(name).snapshot() }]),
    )
  }
}

function addTo(all: Map<string, Counts>, edge: Edge): void {
  let counts = all.get(edge.name)
  if (counts === undefined) {
    counts = { depth: 0, high_water: 0, pushed: 0, taken: 0, dropped: noDrops(), cancelled: 0, failed: 0 }
    all.set(edge.name, counts)
  }
  counts.depth += edge.size
  if (edge.highWater > counts.high_water) counts.high_water = edge.highWater
  counts.pushed += edge.pushed
  counts.taken += edge.taken
  counts.cancelled += edge.cancelled
  counts.failed += edge.failed
  for (const reason of DROP_REASONS) counts.dropped[reason] += edge.dropped[reason]
}
