import type { Planned } from './plan.ts'
import { type Expected, MODULUS, numbersOf } from './token.ts'

/** What a key gives: in this order, in some order, or not known. */
export type Stream = { readonly items: readonly Expected[]; readonly ordered: boolean } | null

/**
 * Evaluates a clean graph over arrays, without engine, edges or time: for each planned node the input sets it must
 * see (`sets`) and what each of its keys gives (`outs`). `latest` depends on time and is not known.
 */
export function evaluate(plan: readonly Planned[]): { sets: Stream[]; outs: Stream[][] } {
  const outs: Stream[][] = []
  const sets: Stream[] = []
  for (const node of plan) {
    const ins = node.from.map(([producer, key]) => outs[producer]?.[key] ?? null)
    const joined = node.source !== undefined ? null : join(node, ins)
    sets.push(joined)
    outs.push(node.source !== undefined ? [{ items: node.source, ordered: true }] : apply(node, joined))
  }
  return { sets, outs }
}

function join(node: Planned, ins: readonly Stream[]): Stream {
  if (ins.some((stream) => stream === null)) return null
  const streams = ins as NonNullable<Stream>[]
  if (streams.length === 1) return streams[0] ?? null
  if (node.join === 'merge') return { items: streams.flatMap(({ items }) => items), ordered: false }
  if (node.join === 'latest' || streams.some(({ ordered }) => !ordered)) return null
  return node.join === 'zip' ? zip(streams) : align(node, streams)
}

function zip(streams: readonly NonNullable<Stream>[]): Stream {
  const length = Math.min(...streams.map(({ items }) => items.length))
  const at = (j: number) => streams.map(({ items }) => items[j] as Expected)
  const pair = (_: unknown, j: number): Expected => [at(j)[0]?.[0] ?? 0, numbersOf(at(j).map(([, x]) => x))]
  return { items: Array.from({ length }, pair), ordered: true }
}

/** Heads within the tolerance of the earliest belong together; what stands alone is dropped or goes on alone. */
function align(node: Planned, streams: readonly NonNullable<Stream>[]): Stream {
  if (streams.some(({ items }) => items.some(([pts], j) => j > 0 && pts < (items[j - 1] as Expected)[0]))) return null
  const rest = streams.map(({ items }) => [...items])
  const items: Expected[] = []
  while (rest.some((queue) => queue.length > 0)) {
    const earliest = Math.min(...rest.map((queue) => queue[0]?.[0] ?? Number.POSITIVE_INFINITY))
    const fits = (queue: readonly Expected[]) => queue.length > 0 && (queue[0] as Expected)[0] <= earliest + 500
    const heads = rest.flatMap((queue) => (fits(queue) ? [queue.shift() as Expected] : []))
    const set: Expected = [heads[0]?.[0] ?? 0, numbersOf(heads.map(([, x]) => x))]
    if (heads.length === rest.length || node.late === 'emit-alone') items.push(set)
  }
  return { items, ordered: true }
}

function apply({ kind, index, variant, ordered, join, from }: Planned, input: Stream): Stream[] {
  if (input === null || (kind === 'tail' && join === 'align' && from.length > 1)) return [null, null] // Flush after late drops.
  const of = (f: (x: number) => number[]): Stream => ({
    items: input.items.flatMap(([pts, x]) => f((x + index) % MODULUS).map((y): Expected => [pts, y])),
    ordered: input.ordered && ordered,
  })
  const only = (keep: (x: number) => boolean) => of((x) => (keep(x) ? [x] : []))
  const all = only(() => true)
  if (['map', 'operatorMap', 'retried', 'streamEach'].includes(kind)) return [all]
  if (kind === 'filter' || kind === 'operatorFilter') return [only((x) => x % 3 !== 0)]
  if (kind === 'split') return [all, only((x) => x % 2 === 0)]
  if (kind === 'expand') return [of((x) => [x, x + 1, x + 2])]
  if (['generator', 'asyncGenerator', 'operatorExpand'].includes(kind)) return [of((x) => [x, x + 1])]
  if (kind === 'promise') return [only((x) => x % 5 !== 0)]
  const end = input.items.at(-1)?.[0] ?? 0
  if (kind === 'tail' && all !== null) return [{ ...all, items: [...all.items, [end, index], [end, index + 1]] }]
  if (kind === 'operatorBatch' && input.ordered) return [batches(input.items, index, 1 + (variant % 7))]
  return [null, null]
}

function batches(items: readonly Expected[], index: number, size: number): Stream {
  const batch = (from: number): Expected => {
    const part = items.slice(from, from + size)
    return [part[0]?.[0] ?? 0, (numbersOf(part.map(([, x]) => (x + index) % MODULUS)) + index) % MODULUS]
  }
  return { items: Array.from({ length: Math.ceil(items.length / size) }, (_, at) => batch(at * size)), ordered: true }
}
