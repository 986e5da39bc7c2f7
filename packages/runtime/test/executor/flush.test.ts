import { anything, defineNode } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../coded.ts'
import { gather, pass, sinkTo, sourceOf, upTo } from '../nodes.ts'
import { type Stage, scenario, settled } from '../scenario.ts'

type Flush = () => unknown
const flushing = (flush: Flush, extras: object = {}) =>
  defineNode({
    type: 'Flushing',
    summary: 'Gives something at the end.',
    ...extras,
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({ execute: ({ input }) => ({ output: input }), flush: flush as never }),
  })
const run = (stage: Stage, flush: Flush, options: object = {}) =>
  stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(2)) },
        f: { type: flushing(flush), in: { input: 'from.output' }, ...options },
        last: { type: pass, in: { input: 'f.output' } },
      },
    }),
  )
const output = (...values: string[]) => values.map((value) => ({ output: value }))

const forms: Record<string, [Flush, string[]]> = {
  record: [() => ({ output: 'tail' }), ['tail']],
  nothing: [() => undefined, []],
  promise: [async () => ({ output: 'tail' }), ['tail']],
  'promise of nothing': [async () => undefined, []],
  array: [() => output('a', 'b'), ['a', 'b']],
  generator: [
    function* () {
      yield* output('a', 'b')
    },
    ['a', 'b'],
  ],
  'async generator': [
    async function* () {
      yield* output('a', 'b')
    },
    ['a', 'b'],
  ],
}
for (const [form, [flush, expected]] of Object.entries(forms))
  scenario(`flush: ${form} comes after the last input, before the end`, async (t, stage) => {
    const results = await (await run(stage, flush)).execute()
    t.same(results.all('last.output'), [0, 1, ...expected])
    t.match(results.ledger, { accepted: 2, delivered: 2 })
  })

scenario('flush: in topological order, each after what came before it', async (t, stage) => {
  const order: string[] = []
  const said = (name: string) =>
    flushing(
      () => {
        order.push(name)
        return { output: name }
      },
      { type: `Flush${name}` },
    )
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        c: { type: said('c'), in: { input: 'b.output' } },
        b: { type: said('b'), in: { input: 'a.output' } },
        a: { type: said('a'), in: { input: 'from.output' } },
        from: { type: sourceOf(() => upTo(1)) },
      } as never,
    }),
  )
  const results = await executor.execute()
  t.same(results.all('c.output' as never), [0, 'a', 'b', 'c'])
  t.same(order, ['a', 'b', 'c'])
})

scenario('flush: waits for room like any output', async (t, stage) => {
  const got: unknown[] = []
  const open: (() => void)[] = []
  const slow = sinkTo((n) => {
    got.push(n)
    return new Promise<void>((resolve) => open.push(resolve))
  })
  let pulled = 0
  const many = flushing(function* () {
    for (let n = 0; n < 10; n++) {
      pulled++
      yield { output: `f${n}` }
    }
  })
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(1)) },
        f: { type: many, in: { input: 'from.output' } },
        out: { type: slow, in: { input: { from: 'f.output', max: 2 } } },
      },
    }),
  )
  const session = await executor.open()
  const ending = session.end()
  await settled()
  t.ok(pulled <= 3, `${pulled} pulled`)
  for (let n = 0; n < 11; n++) {
    open[n]?.()
    await settled()
  }
  await ending
  t.equal(got.length, 11)
  t.ok((executor.metrics().edges['f.output -> out.input']?.high_water ?? 9) <= 2)
})

for (const [form, flush] of Object.entries({
  sync: () => {
    throw new Error('no end')
  },
  async: async () => {
    throw new Error('no end')
  },
}))
  scenario(`flush: an error names the node; with skip the stream ends all the same (${form})`, async (t, stage) => {
    t.match(await rejected('ANB_NODE_EXECUTION', (await run(stage, flush)).execute()), {
      nodeId: 'f',
      message: /no end/,
    })
    const results = await (await run(stage, flush, { on_error: 'skip' })).execute()
    t.same(results.all('last.output'), [0, 1])
  })

scenario('flush: not after a cancel', async (t, stage) => {
  let flushed = 0
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: {
        f: {
          type: flushing(() => {
            flushed++
          }),
          in: { input: 'mic' },
        },
      },
    }),
  )
  gather(session)
  await session.send({ mic: 1 })
  await session.cancel()
  t.ok(flushed <= 1)
})
