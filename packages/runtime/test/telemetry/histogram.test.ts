import fc from 'fast-check'
import t from 'tap'
import { Histogram } from '#src/telemetry/histogram.js'

const QUANTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const
const of = (values: readonly number[]) => {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}
const exact = (sorted: readonly number[], q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? 0
const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1e6 }), fc.maxSafeNat()), {
  minLength: 1,
  maxLength: 300,
})

t.test('Histogram: quantiles are at most 1/8 above the exact ones, and never below', async (t) => {
  fc.assert(
    fc.property(values, (recorded) => {
      const sorted = [...recorded].sort((a, b) => a - b)
      const snapshot = of(recorded).snapshot()
      if (snapshot.count !== sorted.length || snapshot.max !== sorted.at(-1)) return false
      return QUANTILES.every(([name, q]) => {
        const right = exact(sorted, q)
        return right > 2 ** 47 || (snapshot[name] >= right && snapshot[name] <= right * 1.125 + 1)
      })
    }),
    { numRuns: 500, seed: 4 },
  )
  t.pass('500 distributions')
})

t.test('Histogram: exact below 8; negatives are 0, fractions rounded; none is all 0', async (t) => {
  t.same(of([]).snapshot(), { count: 0, p50: 0, p95: 0, p99: 0, max: 0 })
  t.same(of([0, 1, 2, 3, 4, 5, 6, 7]).snapshot(), { count: 8, p50: 3, p95: 7, p99: 7, max: 7 })
  t.same(of([-5, 1.4, 1.6]).snapshot(), { count: 3, p50: 1, p95: 2, p99: 2, max: 2 })
})

t.test('Histogram: powers of two and their neighbours fall into ascending buckets that hold them', async (t) => {
  const edges = Array.from({ length: 44 }, (_, n) => 2 ** (n + 3)).flatMap((power) => [power - 1, power, power + 1])
  for (const value of edges) {
    const [[upper, count] = [0, 0]] = [...of([value]).buckets()]
    if (count !== 1 || upper < value || upper > value * 1.125 + 1) t.fail(`${value} in a bucket up to ${upper}`)
  }
  const uppers = [...of(edges).buckets()].map(([upper]) => upper)
  t.same(
    uppers,
    [...uppers].sort((a, b) => a - b),
  )
  t.equal(new Set(uppers).size, uppers.length)
})

t.test('Histogram: a sum is what one histogram of all would be', async (t) => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const sum = Histogram.sum([of(a), of(b)])
      const all = of([...a, ...b])
      return JSON.stringify([sum.snapshot(), ...sum.buckets()]) === JSON.stringify([all.snapshot(), ...all.buckets()])
    }),
    { numRuns: 100, seed: 4 },
  )
  t.same(Histogram.sum([]).snapshot(), of([]).snapshot())
})
