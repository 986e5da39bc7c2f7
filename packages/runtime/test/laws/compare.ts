import { evaluate } from './oracle.ts'
import type { Planned } from './plan.ts'

/** Producers of the execute form, and sources, never exceed `max`. */
export function highWater(
  plan: readonly Planned[],
  edges: Readonly<Record<string, { readonly high_water: number }>>,
): string[] {
  return Object.entries(edges).flatMap(([name, { high_water }]) => {
    const consumer = plan.find(({ id }) => name.includes(`-> ${id}.`))
    const producer = plan.find(({ id }) => name.startsWith(`${id}.`))
    const bounded = consumer !== undefined && producer !== undefined && !producer.kind.startsWith('operator')
    return bounded && high_water > consumer.max ? [`${name}: high water ${high_water} of ${consumer.max}`] : []
  })
}

/**
 * Each node's input sets against the oracle: in order where that is known, else as a multiset. A sink sees all of it; a
 * node whose readers have all left (after a zip, a take) stops early, so it may have seen only the beginning.
 */
export function compare(
  plan: readonly Planned[],
  seen: ReadonlyMap<number, readonly number[]>,
  keyed: ReadonlyMap<string, readonly number[]>,
  note: (what: string) => void,
): number {
  const { sets, outs } = evaluate(plan)
  let compared = 0
  // What a latest takes depends on time; but each source's items enter once at most, whatever it makes of them.
  for (const { id, join, from } of plan)
    if (join === 'latest' && from.length > 1)
      for (const [at, [producer, key]] of from.entries()) {
        const given = outs[producer]?.[key]
        if (!given || from.filter(([other]) => other === producer).length > 1) continue
        const wanted = given.items.map(([, x]) => x)
        if (!isPart(keyed.get(`${id}.k${at}`) ?? [], wanted)) note(`${id}.k${at} took what its source does not give`)
      }
  for (const { index, id, source, kind } of plan) {
    const want = sets[index]
    if (source !== undefined || want === null || want === undefined) continue
    compared++
    const got = seen.get(index) ?? []
    const wanted = want.items.map(([, x]) => x)
    const whole = kind === 'sink' || kind === 'slowSink'
    if (!(want.ordered ? isPrefix(got, wanted) : isPart(got, wanted)) || (whole && got.length !== wanted.length))
      note(`${id} saw ${got.slice(0, 12)}, the oracle says ${wanted.slice(0, 12)}`)
  }
  return compared
}

function isPrefix(got: readonly number[], wanted: readonly number[]): boolean {
  return got.every((x, at) => x === wanted[at])
}

function isPart(got: readonly number[], wanted: readonly number[]): boolean {
  const left = new Map<number, number>()
  for (const x of wanted) left.set(x, (left.get(x) ?? 0) + 1)
  return got.every((x) => {
    const n = left.get(x) ?? 0
    left.set(x, n - 1)
    return n > 0
  })
}
