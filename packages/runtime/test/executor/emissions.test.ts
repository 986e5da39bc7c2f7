import { anything, defineNode, type NodeExecutor, type NodeInputs, NodeOutputs } from '@anabranch/plugin-sdk'
import { definePipeline, Registry } from '@anabranch/runtime'
import { map } from 'rxjs'
import { rejected } from '../coded.ts'
import { emitNode, gate, gather, pass, upTo } from '../nodes.ts'
import { type Stage, scenario, settled } from '../scenario.ts'

const inputs = { mic: anything }
const one = (type: ReturnType<typeof emitNode>, options: object = {}) =>
  definePipeline({
    inputs,
    nodes: { n: { type, in: { input: 'mic' }, ...options }, last: { type: pass, in: { input: 'n.output' } } },
  })
const twice = (n: unknown) => [{ output: `${n}a` }, { output: `${n}b` }]
const forms: Record<string, (n: unknown) => unknown> = {
  array: twice,
  generator: function* (n) {
    yield* twice(n)
  },
  'async generator': async function* (n) {
    yield* twice(n)
  },
  'iterable of nothing between': function* (n) {
    yield undefined
    yield* twice(n)
    yield {}
  },
}
for (const [form, f] of Object.entries(forms))
  scenario(`emission: several outputs by ${form} are of one set`, async (t, stage) => {
    const executor = await stage.executor(one(emitNode('Twice', f)))
    const results = await executor.execute({ mic: 1 })
    t.same(results.all('last.output'), ['1a', '1b'])
    t.match(results.ledger, { accepted: 1, delivered: 1 })
    t.match(executor.metrics().nodes.n, { taken: 1, produced: 1 })
  })

scenario('emission: none at all is filtered, whatever the form', async (t, stage) => {
  for (const none of [
    () => undefined,
    () => ({}),
    () => [],
    async () => undefined,
    async () => ({}),
    function* () {},
    async function* () {},
  ]) {
    const executor = await stage.executor(one(emitNode('None', none)))
    t.match((await executor.execute({ mic: 1 })).ledger, { accepted: 1, filtered: 1 })
    t.match(executor.metrics().nodes.n, { taken: 1, filtered: 1 })
  }
})

scenario('emission: more than 1,024 outputs of one set are an error that names the limit', async (t, stage) => {
  const burst = (count: number) =>
    emitNode('Burst', function* () {
      for (const n of upTo(count)) yield { output: n }
    })
  t.equal(
    (await (await stage.executor(one(burst(1024)), {}, false)).execute({ mic: 1 })).all('last.output').length,
    1024,
  )
  const executor = await stage.executor(one(burst(1025)), {}, false)
  t.match(await rejected('ANB_LIMIT', executor.execute({ mic: 1 })), { limit: 'expansion', nodeId: 'n' })
})

scenario(
  'emission: results leave in the order of their sets; only the oldest set’s iterable is pulled',
  async (t, stage) => {
    const waits = [gate(), gate()]
    const pulled: unknown[] = []
    const steps = emitNode(
      'Steps',
      async function* (n: number) {
        for (let step = 0; step < 2; step++) {
          pulled.push(`${n}.${step}`)
          if (step === 0) await waits[n]?.promise
          yield { output: `${n}.${step}` }
        }
      },
      { purity: 'pure', concurrency: 2 },
    )
    const session = await stage.open(one(steps))
    const got = gather(session)
    for (const mic of upTo(2)) await session.send({ mic })
    await settled()
    waits[1]?.open()
    await settled()
    t.same(got, [])
    t.same(pulled, ['0.0'])
    waits[0]?.open()
    await session.end()
    t.same(got, ['0.0', '0.1', '1.0', '1.1'])
  },
)

scenario('emission: an iterable whose consumer left, or that was interrupted, is told to end', async (t, stage) => {
  let ended = 0
  const endless = emitNode('Endless', async function* () {
    try {
      for (const n of upTo(900)) yield { output: n }
    } finally {
      ended++
    }
  })
  const session = await stage.open(one(endless))
  await session.send({ mic: 1 })
  await settled()
  session.interrupt()
  await settled()
  t.equal(ended, 1)
  t.equal(session.ledger().cancelled, 1)
  await session.end()
})

scenario('emission: time: own is what context.at said, of each output', async (t, stage) => {
  const node = emitNode(
    'Own',
    function* (n, context) {
      for (const at of upTo(2)) yield context.at(n * 100 + at, { output: at })
    },
    { time: 'own' },
  )
  const session = await stage.open(one(node))
  const times: number[] = []
  session.outputs.subscribe(({ envelope }) => times.push(envelope.pts))
  for (const mic of [1, 2]) await session.send({ mic }, { pts: 5 })
  await session.end()
  t.same(times, [100, 101, 200, 201])
})

scenario('emission: time: span of the execute form covers the sets since the last output', async (t, stage) => {
  const pairs = defineNode({
    type: 'Pairs',
    summary: 'Gives every second sum.',
    time: 'span',
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => {
      let kept: unknown
      return {
        execute: async ({ input }) => {
          if (kept === undefined) {
            kept = input
            return {}
          }
          const output = [kept, input]
          kept = undefined
          return { output }
        },
      }
    },
  })
  const executor = await stage.executor(one(pairs as never))
  const session = await executor.open()
  const seen: unknown[] = []
  session.outputs.subscribe(({ value, envelope }) => seen.push([value, envelope.pts, envelope.duration]))
  for (const mic of upTo(5)) await session.send({ mic }, { pts: mic * 10 })
  const ledger = await session.end()
  t.same(seen, [
    [[0, 1], 0, 10],
    [[2, 3], 20, 10],
  ])
  t.match(ledger, { delivered: 4, filtered: 1 })
  t.match(executor.metrics().nodes.n, { absorbed: 4, filtered: 1 })
})

/** Every form written by hand, with NodeInputs and NodeOutputs. */
class Base {
  readonly nodeType = 'Hand'
  readonly runtime = 'javascript'
  protected readonly plus = 1
}
const add = (inputs: NodeInputs, plus: number) => new NodeOutputs({ output: (inputs.get('input') as number) + plus })
const byHand: Record<string, new () => NodeExecutor> = {
  execute: class extends Base {
    execute(inputs: NodeInputs) {
      return add(inputs, this.plus)
    }
  },
  promise: class extends Base {
    async execute(inputs: NodeInputs) {
      return add(inputs, this.plus)
    }
  },
  generator: class extends Base {
    *execute(inputs: NodeInputs) {
      yield add(inputs, this.plus)
    }
  },
  operator: class extends Base {
    operator() {
      return map((inputs: NodeInputs) => add(inputs, this.plus))
    }
  },
  stream: class extends Base {
    async *stream(all: AsyncIterable<NodeInputs>) {
      for await (const inputs of all) yield add(inputs, this.plus)
    }
  },
}
for (const [form, Hand] of Object.entries(byHand))
  scenario(`hand-written: the ${form} form, with its state and its lifecycle`, async (t, stage: Stage) => {
    const registry = new Registry()
      .register('Hand', { runtime: 'javascript', create: () => new Hand() })
      .register('Pass', pass)
    const session = await stage.open(
      {
        version: 'v1',
        inputs: { mic: anything },
        nodes: { h: { type: 'Hand', in: { input: 'mic' } }, p: { type: 'Pass', in: { input: 'h.output' } } },
      },
      { registry },
    )
    const got = gather(session)
    for (const mic of upTo(3)) await session.send({ mic })
    t.match(await session.end(), { accepted: 3, delivered: 3 })
    t.same(got, [1, 2, 3])
  })
