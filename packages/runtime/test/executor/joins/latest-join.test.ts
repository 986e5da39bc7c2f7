import { anything } from '@anabranch/plugin-sdk'
import { definePipeline, type Session } from '@anabranch/runtime'
import { bufferCount } from 'rxjs'
import { gather, mapNode, pairNode, rxNode, sourceOf, upTo } from '../../nodes.ts'
import { type Stage, scenario, settled } from '../../scenario.ts'

const inputs = { l: anything, r: anything }
const open = (stage: Stage, options: object = {}) =>
  stage.open(
    definePipeline({
      inputs,
      nodes: { n: { type: pairNode('Pair'), join: 'latest', ...options, in: { left: 'l', right: 'r' } } },
    }),
  )
async function send(session: Session<typeof inputs>, ...values: { l?: unknown; r?: unknown }[]) {
  for (const [at, value] of values.entries()) {
    await session.send(value as never, { pts: at })
    await settled()
  }
}

scenario('latest: emits on any arrival once all are there; before that only the newest waits', async (t, stage) => {
  const session = await open(stage)
  const got = gather(session)
  await send(session, { l: 1 }, { l: 2 }, { l: 3 }, { r: 'a' }, { r: 'b' }, { l: 4 })
  const ledger = await session.end()
  t.same(got, [
    [3, 'a'],
    [3, 'b'],
    [4, 'b'],
  ])
  t.match(ledger, { accepted: 6, delivered: 4 })
  t.equal(ledger.dropped.superseded, 2)
})

scenario('latest: with a trigger only its arrival emits, with the newest of the others', async (t, stage) => {
  const session = await open(stage, { trigger: 'left' })
  const seen: unknown[] = []
  session.outputs.subscribe(({ value, envelope }) => seen.push([value, envelope.pts]))
  await send(session, { r: 'a' }, { r: 'b' }, { l: 1 }, { r: 'c' }, { r: 'd' }, { l: 2 }, { l: 3 }, { r: 'e' })
  const ledger = await session.end()
  t.same(seen, [
    [[1, 'b'], 2],
    [[2, 'd'], 5],
    [[3, 'd'], 6],
  ])
  t.match(ledger, { accepted: 8, delivered: 5 })
  t.equal(ledger.dropped.superseded + ledger.dropped.unpaired, 3)
})

scenario('latest: an item is accounted for with the first set that uses it', async (t, stage) => {
  const session = await open(stage)
  const seen: unknown[] = []
  session.outputs.subscribe(({ envelope }) => seen.push([envelope.pts, envelope.survive ?? false]))
  await session.send({ l: 1 } as never, { pts: 1, survive: true })
  await session.send({ r: 1 } as never, { pts: 2, survive: true })
  await settled()
  t.equal(session.ledger().in_flight, 0, 'both have arrived')
  await session.send({ r: 2 } as never, { pts: 3, survive: true })
  await session.end()
  t.same(
    seen,
    [
      [1, true],
      [3, true],
    ],
    'the first arrival in declared order is the primary; a reused value changes nothing',
  )
})

scenario('latest: several arrivals waiting are taken round robin, in declared order', async (t, stage) => {
  const waits: (() => void)[] = []
  const slow = mapNode('Slow', (pair) => new Promise((resolve) => waits.push(() => resolve(pair))))
  const session = await stage.open(
    definePipeline({
      inputs,
      nodes: {
        n: { type: pairNode('Pair'), join: 'latest', in: { left: 'l', right: 'r' } },
        slow: { type: slow, in: { input: { from: 'n.output', max: 1 } } },
      },
    }),
  )
  const got = gather(session)
  for (const value of [{ l: 1 }, { r: 'a' }, { l: 2 }, { l: 3 }, { l: 4 }, { r: 'b' }, { r: 'c' }])
    await session.send(value as never)
  const ending = session.end()
  for (let n = 0; n < 7; n++) {
    await settled()
    waits[n]?.()
  }
  await ending
  t.same(got, [
    [1, 'a'],
    [2, 'a'],
    [2, 'b'],
    [3, 'b'],
    [3, 'c'],
    [4, 'c'],
  ])
})

scenario('latest: ends when all inputs ended, or one before its first item', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        none: { type: sourceOf(() => [], 'None') },
        many: { type: sourceOf(() => upTo(200), 'Many') },
        n: { type: pairNode('Pair'), join: 'latest', in: { left: 'none.output', right: 'many.output' } },
      },
    }),
  )
  const { ledger } = await executor.execute()
  t.equal(ledger.delivered, 0)
  t.equal(ledger.dropped.superseded + ledger.dropped.unpaired, ledger.accepted)
})

scenario('latest: a blocking edge never blocks here while another key has nothing yet', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(300)) },
        batch: { type: rxNode('Batch', () => bufferCount(100)), in: { input: 'from.output' } },
        n: { type: pairNode('Pair'), join: 'latest', in: { left: 'from.output', right: 'batch.output' } },
      },
    }),
  )
  const results = await executor.execute()
  t.ok(results.all('n.output').length >= 3)
  t.ok(results.ledger.dropped.superseded > 0)
})
