import { harness, testNode } from '@anabranch/plugin-sdk/testing'
import { definePipeline } from '@anabranch/runtime'
import { batchNode, windowNode } from '@anabranch/runtime/nodes'
import t, { test } from 'tap'
import { rejected, thrown } from '../coded.ts'
import { gather, pairNode, sourceOf, upTo } from '../nodes.ts'
import { scenario } from '../scenario.ts'

const values = (count: number) => [...upTo(count)].map((input) => ({ input }))

testNode(t, batchNode, [
  { params: { count: 2 }, inputs: values(5), outputs: [{ output: [0, 1] }, { output: [2, 3] }, { output: [4] }] },
  { name: 'by time', params: { ms: 50 }, inputs: values(3), outputs: [{ output: [0, 1, 2] }] },
  { name: 'nothing', inputs: [], outputs: [] },
])
testNode(t, windowNode, [
  { params: { size_ms: 10 }, inputs: values(2), outputs: [{ output: { start_ms: 0, end_ms: 10, values: [0, 1] } }] },
  { name: 'sliding', params: { size_ms: 10, slide_ms: 5 }, inputs: values(2) },
])

test('BatchNode: a batch goes when its first value has waited long enough', async (t) => {
  const node = await harness(batchNode, { count: 3, ms: 100 })
  t.teardown(() => node.close())
  await node.push({ input: 'a' })
  await node.advance(60)
  await node.push({ input: 'b' })
  await node.advance(39)
  t.same(node.emitted, [])
  await node.advance(1)
  await node.push({ input: 'c' })
  await node.advance(100)
  t.match(node.emitted, [
    { outputs: { output: ['a', 'b'] }, at: 100 },
    { outputs: { output: ['c'] }, at: 200 },
  ])
  t.equal(node.clock.pending, 0)
})

test('BatchNode: an interruption leaves no timer behind', async (t) => {
  const node = await harness(batchNode, { ms: 100 })
  t.teardown(() => node.close())
  await node.push({ input: 'a' })
  node.cancel()
  t.equal(node.clock.pending, 0)
})

async function windows(params: { size_ms: number; slide_ms?: number }, times: readonly number[]) {
  const node = await harness(windowNode, params)
  for (const ms of times) await node.push({ input: ms }, { pts: ms * 1000 })
  await node.flush()
  await node.close()
  const given = node.emitted.map(({ outputs }) => outputs.output)
  return { given: given.map((each) => [each?.start_ms, ...(each?.values ?? [])]), late: node.counters.late ?? 0 }
}

const table: readonly (readonly [
  name: string,
  params: { size_ms: number; slide_ms?: number },
  times: readonly number[],
  given: readonly (readonly number[])[],
  late?: number,
])[] = [
  [
    'tumbling',
    { size_ms: 10 },
    [1, 9, 10, 19, 20],
    [
      [0, 1, 9],
      [10, 10, 19],
      [20, 20],
    ],
  ],
  [
    'a gap',
    { size_ms: 10 },
    [1, 1000],
    [
      [0, 1],
      [1000, 1000],
    ],
  ],
  [
    'a long gap costs nothing',
    { size_ms: 1 },
    [0, 1e12],
    [
      [0, 0],
      [1e12, 1e12],
    ],
  ],
  [
    'late',
    { size_ms: 10 },
    [5, 15, 6, 16],
    [
      [0, 5],
      [10, 15, 16],
    ],
    1,
  ],
  ['out of order inside a window', { size_ms: 10 }, [5, 3], [[0, 5, 3]]],
  [
    'sliding',
    { size_ms: 10, slide_ms: 5 },
    [1, 6, 12],
    [
      [-5, 1],
      [0, 1, 6],
      [5, 6, 12],
      [10, 12],
    ],
  ],
  [
    'before 0',
    { size_ms: 10 },
    [-5, 5],
    [
      [-10, -5],
      [0, 5],
    ],
  ],
]
for (const [name, params, times, given, late = 0] of table)
  test(`WindowNode: ${name}`, async (t) => t.same(await windows(params, times), { given, late }))

test('WindowNode: what waits is bounded', async (t) => {
  const node = await harness(windowNode, { size_ms: 1000, max_values: 2 })
  t.teardown(() => node.close())
  await node.push({ input: 1 }, { pts: 0 })
  await node.push({ input: 2 }, { pts: 1 })
  t.match(await rejected('ANB_LIMIT', node.push({ input: 3 }, { pts: 2 })), { limit: 'max_values' })
  t.match(thrown('ANB_PARAMS', () => windowNode.create({ size_ms: 1, slide_ms: 2 })).issues, [{ path: 'slide_ms' }])
})

scenario('BatchNode and WindowNode: every value is accounted for, also in the middle', async (t, stage) => {
  for (const [type, params] of [
    [batchNode, { count: 7 }],
    [windowNode, { size_ms: 1000, slide_ms: 500 }],
  ] as const) {
    const group = type as typeof batchNode
    const session = await stage.open(
      definePipeline({
        nodes: {
          from: { type: sourceOf(() => upTo(100)) },
          group: { type: group, params: params as { count: number }, in: { input: 'from.output' } },
        },
      }),
    )
    const got = gather(session)
    t.match(await session.end(), { balanced: true, accepted: 100, delivered: 100 })
    t.ok(got.length > 0)
  }
})

scenario('BatchNode: beside a branch that waits for it the session is told, and never hangs', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(200)) },
        batch: { type: batchNode, params: { count: 100 }, in: { input: 'from.output' } },
        both: { type: pairNode('Pair'), in: { left: { from: 'from.output', max: 8 }, right: 'batch.output' } },
      },
    }),
  )
  const got = gather(session)
  const stalled = rejected('ANB_STALL', session.end())
  await stage.clock.advance(600_000)
  t.match(await stalled, { edges: ['from.output -> both.left'] })
  t.same(got[0], [0, [0, 1, 2, 3, 4, 5, 6, 7]])
})
