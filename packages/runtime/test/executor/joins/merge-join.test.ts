import { anything, defineNode } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../../coded.ts'
import { pass, sourceOf, upTo } from '../../nodes.ts'
import { scenario } from '../../scenario.ts'

scenario('merge: all items of several edges on one key, each source in its own order', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        a: { type: sourceOf(() => upTo(50), 'A') },
        b: { type: sourceOf(() => [...upTo(70)].map((n) => n + 1000), 'B') },
        n: { type: pass, join: 'merge', in: { input: ['a.output', { from: 'b.output', max: 2 }] } },
      },
    }),
  )
  const results = await executor.execute()
  const all = results.all('n.output') as number[]
  t.same(
    all.filter((n) => n < 1000),
    [...upTo(50)],
  )
  t.same(
    all.filter((n) => n >= 1000),
    [...upTo(70)].map((n) => n + 1000),
  )
  t.match(results.ledger, { accepted: 120, delivered: 120 })
})

scenario('merge: different optional keys, one at a time', async (t, stage) => {
  const seen: unknown[] = []
  const either = defineNode({
    type: 'Either',
    summary: 'Takes one of two.',
    join: 'merge',
    inputs: { left: anything.optional(), right: anything.optional() },
    create: () => ({ execute: ({ left, right }) => void seen.push([left, right]) }),
  })
  const session = await stage.open(
    definePipeline({
      inputs: { l: anything, r: anything },
      nodes: { n: { type: either, in: { left: 'l', right: 'r' } } },
    }),
  )
  await session.send({ l: 1 })
  await session.send({ r: 2 })
  await session.end()
  t.same(seen, [
    [1, undefined],
    [undefined, 2],
  ])
})

scenario('merge: a failed input counts as ended', async (t, stage) => {
  const failing = sourceOf(() => {
    throw new Error('broken')
  }, 'Failing')
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        a: { type: sourceOf(() => upTo(5), 'A') },
        b: { type: failing },
        n: { type: pass, join: 'merge', in: { input: ['a.output', 'b.output'] } },
      },
    }),
  )
  t.match(await rejected('ANB_NODE_EXECUTION', executor.execute()), { nodeId: 'b' })
})
