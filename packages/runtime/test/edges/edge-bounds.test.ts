import { AudioBuffer, anything } from '@anabranch/plugin-sdk'
import { definePipeline, type Executor } from '@anabranch/runtime'
import { gather, mapNode, sinkTo, sourceOf } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

/** A sink that takes one item each time it is told to. */
function steps() {
  const got: unknown[] = []
  const next: (() => void)[] = []
  const sink = sinkTo((value) => {
    got.push(value)
    return new Promise<void>((resolve) => next.push(resolve))
  })
  return { got, sink, step: () => next.shift()?.() }
}
const depth = (executor: Executor, edge: string) => executor.metrics().edges[edge]?.depth

scenario('edge: max_ms bounds the media time that waits; the producer waits', async (t, stage) => {
  const frame = () => new AudioBuffer(new Float32Array(320), 16_000)
  const { got, sink, step } = steps()
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => Array.from({ length: 20 }, frame)) },
        out: { type: sink, in: { input: { from: 'from.output', max_ms: 100 } } },
      },
    }),
  )
  const session = await executor.open()
  await settled()
  t.equal(depth(executor as never, 'from.output -> out.input'), 5, '5 × 20 ms wait')
  const ending = session.end()
  for (let n = 0; n < 20; n++) {
    step()
    await settled()
    t.ok((depth(executor as never, 'from.output -> out.input') ?? 99) <= 5)
  }
  t.equal((await ending).delivered, 20)
  t.equal(got.length, 20)
})

scenario('edge: max_bytes bounds the bytes that wait; one larger than the bound passes alone', async (t, stage) => {
  const { sink, step } = steps()
  const sizes = [4000, 100, 300, 300, 400, 100]
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => sizes.map((size) => new Uint8Array(size))) },
        out: { type: sink, in: { input: { from: 'from.output', max_bytes: 1000 } } },
      },
    }),
  )
  const session = await executor.open()
  await settled()
  t.equal(depth(executor as never, 'from.output -> out.input'), 4, '100 + 300 + 300 + 400 reach the bound')
  const ending = session.end()
  for (let n = 0; n < sizes.length; n++) {
    step()
    await settled()
  }
  t.equal((await ending).delivered, sizes.length)
})

scenario('edge: drop-oldest by media time keeps the newest of it', async (t, stage) => {
  const { got, sink, step } = steps()
  const executor = await stage.executor(
    definePipeline({
      inputs: { mic: anything },
      nodes: { out: { type: sink, in: { input: { from: 'mic', policy: 'drop-oldest', max_ms: 40 } } } },
    }),
  )
  const session = await executor.open()
  await session.send({ mic: 0 }, { pts: 0 })
  await settled()
  for (let n = 1; n < 10; n++) await session.send({ mic: n }, { pts: n * 20_000 })
  const ending = session.end()
  for (let n = 0; n < 10; n++) {
    step()
    await settled()
  }
  t.same(got, [0, 7, 8, 9])
  t.equal((await ending).dropped.overflow, 6)
})

scenario('edge: an item past its deadline is dropped at the take, and counted', async (t, stage) => {
  const waits: (() => void)[] = []
  const slow = mapNode('Slow', (n) => new Promise((resolve) => waits.push(() => resolve(n))))
  const session = await stage.open(
    definePipeline({ inputs: { mic: anything }, nodes: { s: { type: slow, in: { input: 'mic' } } } }),
  )
  const got = gather(session)
  await session.send({ mic: 'first' })
  await session.send({ mic: 'late' }, { deadline: 50 })
  await session.send({ mic: 'in time' }, { deadline: 500 })
  await stage.clock.advance(100)
  waits[0]?.()
  await settled()
  waits[1]?.()
  const ledger = await session.end()
  t.same(got, ['first', 'in time'])
  t.equal(ledger.dropped.deadline, 1)
})

scenario('edge: audio of a source is stamped from its samples, with its duration', async (t, stage) => {
  const lengths = [441, 100, 1, 882]
  const session = await stage.open(
    definePipeline({
      nodes: { from: { type: sourceOf(() => lengths.map((n) => new AudioBuffer(new Float32Array(n), 44_100))) } },
    }),
  )
  const seen: unknown[] = []
  session.outputs.subscribe(({ envelope }) => seen.push([envelope.pts, envelope.duration]))
  await session.end()
  const at = (samples: number) => Math.round((samples * 1e6) / 44_100)
  t.same(seen, [
    [0, at(441)],
    [at(441), at(541) - at(441)],
    [at(541), at(542) - at(541)],
    [at(542), at(1424) - at(542)],
  ])
})

scenario('edge: trySend accepts while there is room; send() waits, in order', async (t, stage) => {
  const { got, sink, step } = steps()
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: { out: { type: sink, in: { input: { from: 'mic', max: 2 } } } },
    }),
  )
  await session.send({ mic: 0 })
  await settled()
  t.ok(session.trySend({ mic: 1 }) && session.trySend({ mic: 2 }))
  t.equal(session.trySend({ mic: 'no' }), false)
  const order: number[] = []
  const waiting = [3, 4].map((mic) => session.send({ mic }).then(() => order.push(mic)))
  t.equal(session.trySend({ mic: 'no' }), false, 'not before those that wait')
  const ending = session.end()
  for (let n = 0; n < 5; n++) {
    await settled()
    step()
  }
  await Promise.all(waiting)
  await ending
  t.same(got, [0, 1, 2, 3, 4])
  t.same(order, [3, 4])
})
