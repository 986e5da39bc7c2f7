import type { EdgeMetrics, GraphEdge, Metrics, Plan } from '@anabranch/runtime'
import { edgeName } from '../explain/memory-bound.ts'
import { grouped } from '../text/grouped.ts'
import type { Paint } from '../text/paint.ts'
import { duration } from './time-text.ts'

const NUMBERS = [9, 8, 4, 5] as const
const GAP = 2

/** How many items had passed each edge when a table was last made, and when. */
export interface Passed {
  readonly ms: number
  readonly items: ReadonlyMap<string, number>
}

/** A line for every edge: its items a second, how long they wait (median), how many wait, how many were lost. */
export function edgeTable(
  { edges }: Plan,
  metrics: Pick<Metrics, 'edges'>,
  now: number,
  before: Passed | null,
  { columns, paint }: { readonly columns: number; readonly paint: Paint },
): { readonly lines: string[]; readonly passed: Passed } {
  const width = nameWidth(edges, columns)
  const head = row('edge', ['rate', 'age', 'wait', 'lost'], width)
  const items = new Map<string, number>()
  const lines = edges.map((edge) => {
    const name = edgeName(edge)
    const found = metrics.edges[name]
    items.set(name, found?.taken ?? 0)
    const seconds = before === null ? now / 1000 : (now - before.ms) / 1000
    const rate = seconds <= 0 ? 0 : ((found?.taken ?? 0) - (before?.items.get(name) ?? 0)) / seconds
    const lost = found === undefined ? 0 : lostOn(found)
    const cells = [`${grouped(Math.round(rate))}/s`, ageOf(found), `${found?.depth ?? 0}`, `${lost}`]
    const line = row(shortened(shortName(edge), width), cells, width)
    return lost > 0 ? paint.yellow(line) : line
  })
  return { lines: [paint.dim(head), ...lines], passed: { ms: now, items } }
}

function lostOn({ dropped, cancelled, failed }: EdgeMetrics): number {
  return Object.values(dropped).reduce((sum, n) => sum + n, cancelled + failed)
}

function ageOf(found: EdgeMetrics | undefined): string {
  return found === undefined || found.age_us.count === 0 ? '–' : duration(found.age_us.p50 / 1000)
}

function nameWidth(edges: readonly GraphEdge[], columns: number): number {
  const numbers = NUMBERS.reduce((sum, n) => sum + n + GAP, 0)
  const longest = Math.max(4, ...edges.map((edge) => shortName(edge).length))
  return Math.max(8, Math.min(longest, columns - numbers - GAP))
}

function row(name: string, cells: readonly string[], width: number): string {
  const numbers = cells.map((cell, at) => cell.padStart(NUMBERS[at] ?? 0))
  return `  ${name.padEnd(width)}  ${numbers.join('  ')}`
}

/** Without the usual keys: `mic → level`, `clip.event → events`. */
export function shortName({ from, to, inputKey }: GraphEdge): string {
  const source = 'node' in from ? (from.key === 'output' ? from.node : `${from.node}.${from.key}`) : from.input
  return `${source} → ${inputKey === 'input' ? to : `${to}.${inputKey}`}`
}

function shortened(text: string, width: number): string {
  if (text.length <= width) return text
  const head = Math.ceil((width - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`
}
