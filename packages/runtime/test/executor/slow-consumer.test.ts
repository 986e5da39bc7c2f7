import { anything } from '@anabranch/plugin-sdk'
import { definePipeline, type EdgePolicy, type Executor } from '@anabranch/runtime'
import { bufferCount, concatMap, from } from 'rxjs'
import { rejected } from '../coded.ts'
import { emitNode, mapNode, pass, rxNode, sinkTo, sourceOf, upTo } from '../nodes.ts'
import { type Stage, scenario } from '../scenario.ts'

const COUNT = 300
const MAX = 4
/** One item a virtual millisecond. */
const slow = (got: unknown[]) =>
  sinkTo(async (value, { clock }) => {
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 1))
    got.push(value)
  }, 'SlowSink')
const expansion = 8
const producers = {
  map: pass,
  promise: mapNode('Later', async (n) => n),
  generator: emitNode('Expand', function* (n) {
    for (let at = 0; at < expansion; at++) yield { output: n }
  }),
  'async generator': emitNode('ExpandLater', async function* (n) {
    for (let at = 0; at < expansion; at++) yield { output: n }
  }),
}

/** The deepest that any edge was, seen after every step. */
function depths(of: () => Executor | undefined) {
  const deepest: Record<string, number> = {}
  const step = () => {
    for (const [name, { depth }] of Object.entries(of()?.metrics().edges ?? {}))
      deepest[name] = Math.max(deepest[name] ?? 0, depth)
  }
  return { deepest, probe: { step } }
}

async function drive(stage: Stage, executor: { execute(): Promise<{ ledger: object }> }) {
  const run = executor.execute()
  await stage.clock.advance(COUNT * expansion * 2)
  return run
}

for (const policy of ['block', 'drop-oldest', 'drop-newest', 'latest'] as const satisfies EdgePolicy[])
  for (const [form, type] of Object.entries(producers))
    scenario(`slow consumer: ${policy} of a ${form} node never holds more than max`, async (t, stage) => {
      let executor: Executor | undefined
      const got: unknown[] = []
      const { deepest, probe } = depths(() => executor)
      const edge = { from: 'a.output' as const, policy, ...(policy === 'latest' ? {} : { max: MAX }) }
      executor = (await stage.executor(
        definePipeline({
          nodes: {
            from: { type: sourceOf(() => upTo(60)) },
            a: { type, in: { input: { from: 'from.output', max: MAX } } },
            out: { type: slow(got), in: { input: edge } },
          },
        }),
        { probe },
      )) as unknown as Executor
      const { ledger } = (await drive(stage, executor)) as {
        ledger: { dropped: { overflow: number }; delivered: number }
      }
      const name = 'a.output -> out.input'
      const edges = executor.metrics().edges[name]
      const expected = form.endsWith('generator') ? 60 * expansion : 60
      t.ok((deepest[name] ?? 99) <= (policy === 'latest' ? 1 : MAX), `${deepest[name]} deep`)
      t.ok((edges?.high_water ?? 99) <= (policy === 'latest' ? 1 : MAX))
      t.ok((deepest['from.output -> a.input'] ?? 99) <= MAX)
      t.equal(got.length + (edges?.dropped.overflow ?? 0), expected, 'each missing item is a counted drop')
      if (policy === 'block') t.equal(got.length, expected)
      else t.ok((edges?.dropped.overflow ?? 0) > 0)
      if (policy === 'latest') t.equal(ledger.dropped.overflow, 0, 'best effort: the fate of the root is left alone')
    })

scenario('slow consumer: an operator overshoots by one expansion at most', async (t, stage) => {
  let executor: Executor | undefined
  const { deepest, probe } = depths(() => executor)
  const expand = rxNode('ExpandRx', () => concatMap((n) => from(Array.from({ length: expansion }, () => n))), {
    lineage: 'each',
  })
  const got: unknown[] = []
  executor = (await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(60)) },
        a: { type: expand, in: { input: 'from.output' } },
        out: { type: slow(got), in: { input: { from: 'a.output', max: MAX } } },
      },
    }),
    { probe },
  )) as unknown as Executor
  await drive(stage, executor as never)
  const deep = deepest['a.output -> out.input'] ?? 99
  t.ok(deep < MAX + expansion, `${deep} deep`)
  t.ok(deep > MAX, 'the test can see it')
  t.equal(got.length, 60 * expansion)
})

scenario('slow consumer: error fails the branch, and the sibling goes on', async (t, stage) => {
  const slowly: unknown[] = []
  const quickly: unknown[] = []
  const session = await stage.open(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(60)) },
        out: { type: slow(slowly), in: { input: { from: 'from.output', policy: 'error', max: MAX } } },
        quick: { type: sinkTo(quickly), in: { input: 'from.output' } },
      },
    }),
  )
  const ended = rejected('ANB_EDGE_OVERFLOW', session.end())
  await stage.clock.advance(1000)
  const error = await ended
  t.match(error, { edge: 'from.output -> out.input', nodeId: 'out' })
  t.same(quickly, [...upTo(60)])
  t.equal(session.ledger().failed + session.ledger().delivered + session.ledger().cancelled, 60)
})

scenario('slow consumer: what was dropped is marked on the next item', async (t, stage) => {
  const marks: unknown[] = []
  const out = sinkTo(async (value, { envelope, clock }) => {
    marks.push([value, envelope.discont ?? false, envelope.lost ?? 0])
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 1))
  })
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: { out: { type: out, in: { input: { from: 'mic', policy: 'drop-oldest', max: 2 } } } },
    }),
  )
  await session.send({ mic: 0 })
  await stage.clock.advance(0)
  for (let n = 1; n < 7; n++) await session.send({ mic: n })
  await stage.clock.advance(10)
  t.same(marks, [
    [0, false, 0],
    [5, true, 4],
    [6, false, 0],
  ])
  t.equal((await session.end()).dropped.overflow, 4)
})

scenario('slow consumer: an operator that gives all it held overshoots by that at most', async (t, stage) => {
  let executor: Executor | undefined
  const { deepest, probe } = depths(() => executor)
  const got: unknown[] = []
  const all = rxNode(
    'All',
    () => (inputs) =>
      inputs.pipe(
        bufferCount(20),
        concatMap((batch) => from(batch)),
      ),
  )
  executor = (await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(60)) },
        a: { type: all, in: { input: 'from.output' } },
        out: { type: slow(got), in: { input: { from: 'a.output', max: MAX } } },
      },
    }),
    { probe },
  )) as unknown as Executor
  await drive(stage, executor as never)
  const deep = deepest['a.output -> out.input'] ?? 99
  t.ok(deep >= 20 && deep < MAX + 20, `${deep} deep`)
  t.same(got, [...upTo(60)])
})
