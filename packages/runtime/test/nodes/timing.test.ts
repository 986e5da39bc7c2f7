import { anything } from '@anabranch/plugin-sdk'
import { harness, testNode } from '@anabranch/plugin-sdk/testing'
import { definePipeline } from '@anabranch/runtime'
import { delayNode, throttleNode, timerSource } from '@anabranch/runtime/nodes'
import t, { test } from 'tap'
import { thrown } from '../coded.ts'
import { gather, sinkTo, sourceOf, upTo } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

testNode(t, timerSource, [
  { params: { interval_ms: 10, count: 2 }, inputs: [{}, {}, {}], outputs: [{ output: 0 }, { output: 1 }] },
])
testNode(t, delayNode, [
  { params: { ms: 20 }, inputs: [{ input: 'a' }, { input: 'b' }], outputs: [{ output: 'a' }, { output: 'b' }] },
])
testNode(t, throttleNode, [
  { params: { per_second: 10 }, inputs: [{ input: 1 }, { input: 2 }], outputs: [{ output: 1 }, { output: 2 }] },
  {
    name: 'drop',
    params: { per_second: 10, mode: 'drop' },
    inputs: [{ input: 1 }, { input: 2 }],
    outputs: [{ output: 1 }],
  },
])

test('TimerSource: params that cannot be are refused', async (t) => {
  for (const params of [
    { interval_ms: 0 },
    { interval_ms: Number.NaN },
    { interval_ms: 2 ** 31 },
    { interval_ms: 5, count: 0 },
  ])
    t.equal(thrown('ANB_PARAMS', () => timerSource.create(params)).code, 'ANB_PARAMS')
})

scenario('TimerSource: ticks by the clock, and ends', async (t, stage) => {
  const session = await stage.open(
    definePipeline({ nodes: { tick: { type: timerSource, params: { interval_ms: 100, count: 3 } } } }),
  )
  const got = gather(session)
  await stage.clock.advance(99)
  t.same(got, [])
  await stage.clock.advance(101)
  await settled()
  t.same(got, [0, 1])
  await stage.clock.advance(100)
  t.match(await session.end(), { balanced: true, delivered: 3 })
})

scenario('TimerSource: what nobody could take is skipped, and told', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        tick: { type: timerSource, params: { interval_ms: 10 } },
        slow: {
          type: sinkTo((_, { clock }) => new Promise((resolve) => clock.setTimeout(resolve, 1000))),
          in: { input: { from: 'tick.output', max: 1 } },
        },
      },
    }),
  )
  const session = await executor.open()
  await stage.clock.advance(5000)
  const closing = session.close()
  await stage.clock.advance(5000)
  t.match(await closing, { balanced: true })
  const { tick } = executor.metrics().nodes
  t.ok((tick?.custom.ticks_skipped ?? 0) > 300)
})

scenario('TimerSource: a close ends its wait at once', async (t, stage) => {
  const session = await stage.open(
    definePipeline({ nodes: { tick: { type: timerSource, params: { interval_ms: 1_000_000 } } } }),
  )
  gather(session)
  await settled()
  t.equal(stage.clock.pending, 1)
  await session.close()
  t.equal(stage.clock.pending, 0)
})

test('ThrottleNode: a burst after a pause, then the rate', async (t) => {
  const node = await harness(throttleNode, { per_second: 10, burst: 3 })
  t.teardown(() => node.close())
  const pushes = [1, 2, 3, 4, 5].map((input) => node.push({ input }))
  await node.advance(1000)
  await Promise.all(pushes)
  t.same(
    node.emitted.map(({ at }) => at),
    [0, 0, 0, 100, 200],
  )
})

test('ThrottleNode: drop leaves out what comes too early', async (t) => {
  const node = await harness(throttleNode, { per_second: 10, mode: 'drop' })
  t.teardown(() => node.close())
  for (let ms = 0; ms < 300; ms += 20) {
    await node.push({ input: ms })
    await node.advance(20)
  }
  t.same(
    node.emitted.map(({ outputs }) => outputs.output),
    [0, 100, 200],
  )
  t.equal(node.counters.throttled, 12)
})

scenario('DelayNode: values overlap on their way, and an interruption ends them at once', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      inputs: { v: anything },
      nodes: { later: { type: delayNode, params: { ms: 100 }, in: { input: 'v' } } },
    }),
  )
  const got = gather(session)
  for (let n = 0; n < 5; n++) {
    await session.send({ v: n })
    await stage.clock.advance(10)
  }
  await stage.clock.advance(70)
  await settled()
  t.same(got, [0, 1, 2])
  session.interrupt()
  await settled()
  t.equal(stage.clock.pending, 0)
  t.match(await session.end(), { balanced: true, delivered: 3, cancelled: 2 })
})

scenario('ThrottleNode: delay slows the source and loses nothing', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(20)) },
        calm: { type: throttleNode, params: { per_second: 10 }, in: { input: 'from.output' } },
      },
    }),
  )
  const got = gather(session)
  await settled()
  await stage.clock.advance(2000)
  t.match(await session.end(), { balanced: true, delivered: 20 })
  t.equal(got.length, 20)
})
