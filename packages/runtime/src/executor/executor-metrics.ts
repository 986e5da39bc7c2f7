import { FATE } from '../edges/fate.ts'
import type { Graph, GraphNode } from '../graph/graph.ts'
import { Histogram, type HistogramSnapshot } from '../telemetry/histogram.ts'
import type { EdgeMetrics, NodeMetrics } from '../telemetry/metrics.ts'
import { NodeStats } from '../telemetry/node-stats.ts'
import { EdgeTotals } from './edge-totals.ts'
import type { Engine } from './engine.ts'
import type { EngineNode } from './engine-node.ts'
import { firstOutputUs } from './first-output.ts'
import { rootsInFlight } from './laws.ts'
import type { Breaker } from './layers/breaker.ts'
import { type Ledger, ledgerFrom } from './ledger.ts'
import { SetTotals } from './set-totals.ts'

/** Everything that an executor counted and timed, over all its sessions, open ones included. */
export interface Metrics {
  readonly nodes: Readonly<Record<string, NodeMetrics>>
  /** By `producer.key -> consumer.key`. */
  readonly edges: Readonly<Record<string, EdgeMetrics>>
  /** From source to sink, µs. */
  readonly latency_us: HistogramSnapshot
  /** How long closed sessions took, from open to end, µs. */
  readonly session_us: HistogramSnapshot
  /** Sessions that are open. */
  readonly sessions: number
  /** What became of every input. Here `balanced` is the run law over the sums. */
  readonly ledger: Ledger
  /** The most memory that the process ever had. */
  readonly peak_rss_bytes: number
}

/** The distributions behind `Metrics`, for exporters that need their buckets. Durations in µs. */
export interface Distributions {
  readonly execution: ReadonlyMap<string, Histogram>
  readonly firstOutput: ReadonlyMap<string, Histogram>
  age(edge: string): Histogram
  readonly latency: Histogram
  readonly session: Histogram
}

/** What an executor counts over all its sessions, read at any time. */
export class ExecutorMetrics {
  readonly stats: ReadonlyMap<string, NodeStats>
  readonly latency = new Histogram()
  readonly edges = new EdgeTotals()
  readonly #graph: Graph
  readonly #breakers: ReadonlyMap<string, Breaker>
  readonly #sets = new SetTotals()
  readonly #sessionUs = new Histogram()
  readonly #settled: number[] = Object.values(FATE).map(() => 0)
  #accepted = 0

  constructor(graph: Graph, breakers: ReadonlyMap<string, Breaker>) {
    this.#graph = graph
    this.#breakers = breakers
    this.stats = new Map(graph.nodes.map(({ id }) => [id, new NodeStats()]))
  }

  /** A session is over. */
  closed(engine: Engine): void {
    this.#sets.add(engine)
    this.edges.add(engine)
    this.#sessionUs.record((engine.clock.now() - engine.startedAt) * 1000)
    this.#accepted += engine.roots.accepted
    addEach(this.#settled, engine.roots.settled)
    for (const node of engine.nodes) {
      const stats = this.stats.get(node.id)
      const us = stats === undefined ? null : firstOutputUs(engine, node)
      if (us !== null) stats?.firstOutputUs.record(us)
      if (stats !== undefined) stats.positionUs = furthest(stats.positionUs, node)
    }
  }

  read(open: readonly Engine[]): Metrics {
    return {
      nodes: Object.fromEntries(this.#graph.nodes.map((node) => [node.id, this.#node(node, open)])),
      edges: this.edges.metrics(open),
      latency_us: this.latency.snapshot(),
      session_us: this.#sessionUs.snapshot(),
      sessions: open.length,
      ledger: this.#ledger(open),
      peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
    }
  }

  distributions(open: readonly Engine[]): Distributions {
    const ids = this.#graph.nodes.map(({ id }) => id)
    return {
      execution: new Map(ids.map((id) => [id, this.#stats(id).executionUs])),
      firstOutput: new Map(ids.map((id) => [id, this.#firstOutput(id, open)])),
      age: (edge) => this.edges.ages(edge),
      latency: this.latency,
      session: this.#sessionUs,
    }
  }

  /** Every call is an execution: the first of each set, and its retries. */
  #node({ id, runtime, settings }: GraphNode, open: readonly Engine[]): NodeMetrics {
    const { errors, retries, executionUs } = this.#stats(id)
    const sets = this.#sets.of(id, open)
    return {
      runtime,
      executions: sets.taken + retries,
      errors,
      retries,
      execution_us: executionUs.snapshot(),
      first_output_us: this.#firstOutput(id, open).snapshot(),
      position_us: open
        .flatMap(({ nodes }) => nodes.filter((node) => node.id === id))
        .reduce(furthest, this.#stats(id).positionUs),
      ...sets,
      ok: sets.produced + sets.absorbed + sets.filtered,
      skipped: settings.onError === 'skip' ? sets.failed : 0,
      breaker: this.#breakers.get(id)?.state ?? 'closed',
    }
  }

  #stats(id: string): NodeStats {
    return this.stats.get(id) as NodeStats
  }

  #firstOutput(id: string, open: readonly Engine[]): Histogram {
    const { firstOutputUs: closed } = this.#stats(id)
    const now = new Histogram()
    for (const engine of open)
      for (const node of engine.nodes) {
        const us = node.id === id ? firstOutputUs(engine, node) : null
        if (us !== null) now.record(us)
      }
    return now.count === 0 ? closed : Histogram.sum([closed, now])
  }

  #ledger(open: readonly Engine[]): Ledger {
    const settled = [...this.#settled]
    let accepted = this.#accepted
    let inFlight = 0
    for (const engine of open) {
      accepted += engine.roots.accepted
      addEach(settled, engine.roots.settled)
      inFlight += rootsInFlight(engine)
    }
    const sum = settled.reduce((a, b) => a + b, inFlight)
    return ledgerFrom(accepted, settled, inFlight, sum === accepted)
  }
}

function furthest(known: number | null, { positionUs }: EngineNode): number | null {
  return positionUs === undefined ? known : Math.max(known ?? 0, positionUs)
}

function addEach(sums: number[], counts: readonly number[]): void {
  for (let at = 0; at < counts.length; at++) sums[at] = (sums[at] ?? 0) + (counts[at] as number)
}
