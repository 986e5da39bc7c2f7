import { test } from 'tap'
import { measure, median, pairs, summarize } from './measure.ts'
import type { Row } from './row.ts'
import { table } from './table.ts'

const rowOf = (prepare: Row['prepare'], more: Partial<Row> = {}): Row => ({
  name: 'fake',
  about: 'a test',
  unit: 'ns',
  prepare,
  ...more,
})

test('the median of an odd and of an even number of values', async (t) => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 3, 2]), 2.5)
  t.throws(() => median([]))
})

test('warms up once, then takes pairs in alternating order, then cleans up', async (t) => {
  const calls: string[] = []
  const said = (word: string, value: number) => () => {
    calls.push(word)
    return value
  }
  const row = rowOf(() => ({
    ours: said('o', 2),
    baseline: { name: 'other', sample: said('b', 4) },
    cleanup: () => void calls.push('end'),
  }))
  const result = await measure(row, true)
  t.equal(calls.join(' '), 'o b o b b o o b end')
  t.match(result, { value: 2, baseline: { name: 'other', value: 4 }, ratio: 0.5, n: pairs.quick })
  t.equal(result.samples.baseline.length, pairs.quick)
})

test('without a baseline the limit is on the value', async (t) => {
  const result = await measure(
    rowOf(() => ({ ours: () => 10, baseline: null }), { limit: 9 }),
    false,
  )
  t.match(result, { ratio: null, baseline: null, met: false, n: pairs.full })
})

test('where more is better the limit is a floor', async (t) => {
  const samples = { ours: [10], baseline: [5] }
  const row = rowOf(() => ({ ours: () => 1, baseline: null }), { better: 'more', limit: 1.5 })
  t.match(summarize(row, 'other', samples), { ratio: 2, met: true })
})

test('a wrong result ends the row, after its cleanup', async (t) => {
  let cleaned = false
  const row = rowOf(() => ({
    ours: () => {
      throw new Error('wrong sum')
    },
    baseline: null,
    cleanup: () => {
      cleaned = true
    },
  }))
  await t.rejects(measure(row, true), { message: 'wrong sum' })
  t.ok(cleaned)
  await t.rejects(
    measure(
      rowOf(() => ({ ours: () => Number.NaN, baseline: null })),
      true,
    ),
  )
})

test('the table tells value, ratio and limit', async (t) => {
  const row = rowOf(() => ({ ours: () => 1, baseline: null }), { limit: 1 })
  const text = table([summarize(row, 'other', { ours: [1234], baseline: [1000] })])
  t.match(text, /fake +1234 +ns +1\.23 +1000 other +MISSED ≤ 1 +1 +a test/)
})
