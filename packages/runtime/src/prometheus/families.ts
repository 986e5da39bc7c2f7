import type { EdgeMetrics, NodeMetrics } from '../telemetry/metrics.ts'
import type { Family } from './family.ts'

const ofNodes = (name: string, help: string, value: (node: NodeMetrics) => number): Family => ({
  name: `node_${name}`,
  help,
  type: name.endsWith('_total') ? 'counter' : 'gauge',
  read: ({ pipeline, metrics }, add) => {
    for (const [node, of] of Object.entries(metrics.nodes)) add({ pipeline, node }, value(of))
  },
})

/** Onlookers come and go, and so would their counts: their edges are left out. */
const isTap = (edge: string) => edge.includes('-> (tap).')

const ofEdges = (name: string, help: string, value: (edge: EdgeMetrics) => number): Family => ({
  name: `edge_${name}`,
  help,
  type: name.endsWith('_total') ? 'counter' : 'gauge',
  read: ({ pipeline, metrics }, add) => {
    for (const [edge, of] of Object.entries(metrics.edges)) if (!isTap(edge)) add({ pipeline, edge }, value(of))
  },
})

const NODES: readonly Family[] = [
  ofNodes('executions_total', 'Calls of the node, retries included.', (node) => node.executions),
  ofNodes('errors_total', 'Input sets that failed, after their retries.', (node) => node.errors),
  ofNodes('retries_total', 'Calls after the first one of an input set.', (node) => node.retries),
  ofNodes('taken_total', 'Input sets taken.', (node) => node.taken),
  ofNodes('produced_total', 'Input sets that an output was made of.', (node) => node.produced),
  ofNodes('absorbed_total', 'Input sets that went into an output together with others.', (node) => node.absorbed),
  ofNodes('filtered_total', 'Input sets that ended without an output.', (node) => node.filtered),
  ofNodes('failed_total', 'Input sets lost to an error.', (node) => node.failed),
  ofNodes('dead_lettered_total', 'Input sets that became dead letters.', (node) => node.dead_lettered),
  ofNodes('cancelled_total', 'Input sets that were interrupted.', (node) => node.cancelled),
  ofNodes('copied_bytes_total', 'Audio copied for the node out of shared frames.', (node) => node.bytes_copied),
  ofNodes('breaker_open', '1 while the breaker of the node is not closed.', (node) =>
    node.breaker === 'closed' ? 0 : 1,
  ),
  {
    name: 'node_counts_total',
    help: 'What the node counted itself.',
    type: 'counter',
    read: ({ pipeline, metrics }, add) => {
      for (const [node, { custom }] of Object.entries(metrics.nodes))
        for (const [counter, count] of Object.entries(custom)) add({ pipeline, node, counter }, count)
    },
  },
  {
    name: 'node_execution_duration_seconds',
    help: 'How long executions took; at high rates one of 64 is timed.',
    type: 'histogram',
    read: ({ pipeline, distributions }, add) => {
      for (const [node, histogram] of distributions.execution) add({ pipeline, node }, histogram)
    },
  },
  {
    name: 'node_first_output_seconds',
    help: 'From the first item that came to the node to the first it gave, once a session.',
    type: 'histogram',
    read: ({ pipeline, distributions }, add) => {
      for (const [node, histogram] of distributions.firstOutput) add({ pipeline, node }, histogram)
    },
  },
]

const EDGES: readonly Family[] = [
  ofEdges('depth', 'Items that wait on the edge.', (edge) => edge.depth),
  { ...ofEdges('high_water', 'The most items that ever waited on the edge.', (edge) => edge.high_water), merge: 'max' },
  ofEdges('pushed_total', 'Items that came to the edge.', (edge) => edge.pushed),
  ofEdges('taken_total', 'Items that the consumer took.', (edge) => edge.taken),
  ofEdges('cancelled_total', 'Items that were interrupted while they waited.', (edge) => edge.cancelled),
  ofEdges('failed_total', 'Items lost because the consumer failed.', (edge) => edge.failed),
  {
    name: 'edge_dropped_total',
    help: 'Items that the edge let go, by reason.',
    type: 'counter',
    read: ({ pipeline, metrics }, add) => {
      for (const [edge, { dropped }] of Object.entries(metrics.edges))
        if (!isTap(edge)) for (const [reason, count] of Object.entries(dropped)) add({ pipeline, edge, reason }, count)
    },
  },
  {
    name: 'edge_age_seconds',
    help: 'How long items waited on the edge; at high rates one of 64 is timed.',
    type: 'histogram',
    read: ({ pipeline, metrics, distributions }, add) => {
      for (const edge of Object.keys(metrics.edges)) if (!isTap(edge)) add({ pipeline, edge }, distributions.age(edge))
    },
  },
]

const RUNS: readonly Family[] = [
  {
    name: 'run_accepted_total',
    help: 'Inputs that sources gave or that were sent.',
    type: 'counter',
    read: ({ pipeline, metrics }, add) => add({ pipeline }, metrics.ledger.accepted),
  },
  {
    name: 'run_settled_total',
    help: 'Inputs by what became of them; dropped ones by reason.',
    type: 'counter',
    read: ({ pipeline, metrics: { ledger } }, add) => {
      for (const fate of ['delivered', 'filtered', 'cancelled', 'dead_lettered', 'failed'] as const)
        add({ pipeline, fate }, ledger[fate])
      for (const [reason, count] of Object.entries(ledger.dropped)) add({ pipeline, fate: 'dropped', reason }, count)
    },
  },
  {
    name: 'run_in_flight',
    help: 'Inputs that are still on their way.',
    type: 'gauge',
    read: ({ pipeline, metrics }, add) => add({ pipeline }, metrics.ledger.in_flight),
  },
  {
    name: 'run_latency_seconds',
    help: 'From source to sink; at high rates one of 64 is timed.',
    type: 'histogram',
    read: ({ pipeline, distributions }, add) => add({ pipeline }, distributions.latency),
  },
  {
    name: 'sessions',
    help: 'Sessions that are open.',
    type: 'gauge',
    read: ({ pipeline, metrics }, add) => add({ pipeline }, metrics.sessions),
  },
  {
    name: 'session_duration_seconds',
    help: 'How long closed sessions took, from open to end.',
    type: 'histogram',
    read: ({ pipeline, distributions }, add) => add({ pipeline }, distributions.session),
  },
  {
    name: 'process_peak_memory_bytes',
    help: 'The most memory that the process ever had.',
    type: 'gauge',
    merge: 'max',
    read: ({ metrics }, add) => add({}, metrics.peak_rss_bytes),
  },
]

/** Every metric there is. */
export const FAMILIES: readonly Family[] = [...NODES, ...EDGES, ...RUNS]
