import type { Run } from '../run.ts'
import { framesIn } from '../verdict.ts'
import type { Terminal } from './terminal.ts'

/** A line for each node: where it ran, frames in and out, and how long it worked on one. */
export function nodeTable(run: Run, { paint }: Terminal): string[] {
  const names = { javascript: 'TypeScript', native: 'Rust', python: 'Python' } as const
  const head = row(['node', 'written in', 'ran in process', 'in', 'out', 'median'])
  const lines = Object.entries(run.metrics.nodes).map(([id, node]) => {
    const { runtime, execution_us } = node
    const edges = Object.entries(run.metrics.edges)
    const into = edges.filter(([name]) => name.includes(`-> ${id}.`)).map(([, edge]) => edge.taken)
    const outOf = edges.filter(([name]) => name.startsWith(`${id}.`)).map(([, edge]) => edge.pushed)
    const place = runtime === 'python' ? `${run.processes.python}` : `${process.pid} (this one)`
    const isSource = into.length === 0
    return row([
      id,
      names[runtime],
      place,
      count(into),
      isSource ? `${framesIn(run)}` : count(outOf),
      isSource ? '–' : microseconds(execution_us.p50),
    ])
  })
  return [paint.dim(head), ...lines]
}

/** Each of several out-edges carries the same frames. */
const count = (edges: readonly number[]) => (edges[0] === undefined ? '–' : `${edges[0]}`)

const microseconds = (us: number) => (us < 10 ? `${us.toFixed(1)} µs` : `${Math.round(us)} µs`)

function row([node = '', language = '', place = '', ...numbers]: readonly string[]): string {
  const cells = [node.padEnd(8), language.padEnd(11), place.padEnd(20), ...numbers.map((text) => text.padStart(8))]
  return `  ${cells.join(' ')}`
}
