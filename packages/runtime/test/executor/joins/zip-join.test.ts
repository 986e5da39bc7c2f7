import { anything, defineNode } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../../coded.ts'
import { mapNode, pairNode, pass, quickSource, sinkTo, sourceOf, upTo } from '../../nodes.ts'
import { scenario } from '../../scenario.ts'

scenario('zip: pairs in order, ends with the shorter one, and counts the rest as unpaired', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        few: { type: sourceOf(() => upTo(3), 'Few') },
        many: { type: quickSource(() => upTo(10), 'Many') },
        both: { type: pairNode('Both'), in: { left: 'few.output', right: 'many.output' } },
      },
    }),
  )
  const results = await executor.execute()
  t.same(results.all('both.output'), [
    [0, 0],
    [1, 1],
    [2, 2],
  ])
  const { accepted, delivered, dropped } = results.ledger
  t.equal(delivered, 6)
  t.equal(accepted, 13)
  t.equal(dropped.unpaired, 7)
})

scenario(
  'zip: the merged envelope has the primary’s time, the smallest deadline, and survives only if all do',
  async (t, stage) => {
    const pairs = [
      [
        { pts: 10, deadline: 900, survive: true },
        { pts: 77, deadline: 500, survive: true },
      ],
      [{ pts: 20, survive: true }, { pts: 5 }],
    ] as const
    const session = await stage.open(
      definePipeline({
        inputs: { l: anything, r: anything },
        nodes: { both: { type: pairNode('Both'), in: { left: 'l', right: 'r' } } },
      }),
    )
    const seen: unknown[] = []
    session.outputs.subscribe(({ envelope: { pts, deadline, survive } }) => seen.push({ pts, deadline, survive }))
    for (const [left, right] of pairs) {
      await session.send({ l: 1 }, left)
      await session.send({ r: 2 }, right)
    }
    const ledger = await session.end()
    t.same(seen, [
      { pts: 10, deadline: 500, survive: true },
      { pts: 20, deadline: undefined, survive: undefined },
    ])
    t.match(ledger, { accepted: 4, delivered: 4 })
  },
)

scenario('zip: of two branches of one source the envelope is the same object’s, once per root', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(5)) },
        a: { type: pass, in: { input: 'from.output' } },
        both: { type: pairNode('Both'), in: { left: 'a.output', right: 'from.output' } },
      },
    }),
  )
  const results = await executor.execute()
  t.match(results.ledger, { accepted: 5, delivered: 5 })
})

scenario('zip: an optional input may stay unconnected, and is then undefined', async (t, stage) => {
  const seen: unknown[] = []
  const node = defineNode({
    type: 'Optional',
    summary: 'Takes a second input or not.',
    inputs: { left: anything, right: anything.optional() },
    create: () => ({ execute: (record) => void seen.push(record) }),
  })
  const pipeline = { inputs: { l: anything, r: anything } }
  const one = await stage.open(definePipeline({ ...pipeline, nodes: { n: { type: node, in: { left: 'l' } } } }))
  await one.send({ l: 1 })
  await one.end()
  const both = await stage.open(
    definePipeline({ ...pipeline, nodes: { n: { type: node, in: { left: 'l', right: 'r' } } } }),
  )
  await both.send({ l: 1, r: 2 })
  await both.end()
  t.same(seen, [
    { left: 1, right: undefined },
    { left: 1, right: 2 },
  ])
})

scenario('zip: a failed input fails it, the sibling of the failed branch goes on', async (t, stage) => {
  const got: unknown[] = []
  const slow = mapNode('Slow', (n, { clock }) => new Promise((resolve) => clock.setTimeout(() => resolve(n), 1)))
  const session = await stage.open(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(30)) },
        slow: { type: slow, in: { input: { from: 'from.output', policy: 'error', max: 2 } } },
        both: { type: pairNode('Both'), in: { left: 'slow.output', right: 'from.output' } },
        ear: { type: sinkTo(got), in: { input: 'from.output' } },
      },
    }),
  )
  session.outputs.subscribe({ error: () => undefined })
  const ended = rejected('ANB_EDGE_OVERFLOW', session.end())
  await stage.clock.advance(100)
  await ended
  t.same(got, [...upTo(30)])
})

scenario('zip: keys that no edge reads are unlinked, and settle nothing twice', async (t, stage) => {
  const two = defineNode({
    type: 'Two',
    summary: 'Gives two keys.',
    inputs: { input: anything },
    outputs: { read: anything, unread: anything },
    create: () => ({ execute: ({ input }) => ({ read: input, unread: input }) }),
  })
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(5)) },
        two: { type: two, in: { input: 'from.output' } },
        last: { type: pass, in: { input: 'two.read' } },
      },
    }),
  )
  const results = await executor.execute()
  t.same(results.keys, ['last.output'])
  t.match(results.ledger, { accepted: 5, delivered: 5 })
})
