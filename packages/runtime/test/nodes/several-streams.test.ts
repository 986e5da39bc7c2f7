import { anything } from '@anabranch/plugin-sdk'
import { testNode } from '@anabranch/plugin-sdk/testing'
import { definePipeline } from '@anabranch/runtime'
import { joinNode, mergeNode } from '@anabranch/runtime/nodes'
import t, { test } from 'tap'
import { thrown } from '../coded.ts'
import { gather, sourceOf } from '../nodes.ts'
import { scenario } from '../scenario.ts'

testNode(t, mergeNode, [{ inputs: [{ input: 1 }, { input: 'a' }], outputs: [{ output: 1 }, { output: 'a' }] }])
testNode(t, joinNode, [
  { inputs: [{ left: 1, right: 2 }], outputs: [{ output: { left: 1, right: 2 } }] },
  {
    name: 'names',
    params: { left: 'word', right: 'db' },
    inputs: [{ left: 'a', right: null }],
    outputs: [{ output: { word: 'a', db: null } }],
  },
])

test('JoinNode: names that cannot be', async (t) => {
  for (const params of [{ left: '__proto__' }, { left: 'right' }, { right: '' }])
    t.equal(thrown('ANB_PARAMS', () => joinNode.create(params)).code, 'ANB_PARAMS')
})

scenario('MergeNode: all of both', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      nodes: {
        a: { type: sourceOf([1, 2, 3], 'A') },
        b: { type: sourceOf([10, 20], 'B') },
        all: { type: mergeNode, in: { input: ['a.output', 'b.output'] } },
      },
    }),
  )
  const got = gather(session)
  t.match(await session.end(), { balanced: true, accepted: 5, delivered: 5 })
  t.same(
    got.filter((n) => n < 10),
    [1, 2, 3],
  )
  t.same(
    got.filter((n) => n >= 10),
    [10, 20],
  )
})

scenario('JoinNode: zip, latest and align, as the pipeline says', async (t, stage) => {
  const inputs = { l: anything, r: anything }
  const wires = { left: 'l', right: 'r' } as const
  const send = async (kind: 'zip' | 'latest' | 'align') => {
    const session = await stage.open(
      definePipeline({
        inputs,
        nodes: {
          both: {
            type: joinNode,
            in: wires,
            ...(kind === 'zip' ? {} : { join: kind }),
            ...(kind === 'align' ? { tolerance_ms: 5, late: 'emit-alone' as const } : {}),
          },
        },
      }),
    )
    const got = gather(session)
    await session.send({ l: 'a' }, { pts: 0 })
    await session.send({ r: 1 }, { pts: 3000 })
    await session.send({ l: 'b' }, { pts: 20_000 })
    await session.send({ r: 2 }, { pts: 40_000 })
    t.match(await session.end(), { balanced: true, accepted: 4, delivered: 4 })
    return got
  }
  t.same(await send('zip'), [
    { left: 'a', right: 1 },
    { left: 'b', right: 2 },
  ])
  t.same(await send('latest'), [
    { left: 'a', right: 1 },
    { left: 'b', right: 1 },
    { left: 'b', right: 2 },
  ])
  t.same(await send('align'), [{ left: 'a', right: 1 }, { left: 'b' }, { right: 2 }])
})
