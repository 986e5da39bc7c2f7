import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { anything, StallError } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { map } from 'rxjs'
import { rejected } from '../coded.ts'
import { gather, mapNode, pairNode, pass, quickSource, rxNode, sourceOf, upTo } from '../nodes.ts'
import { type Stage, scenario } from '../scenario.ts'

const inputs = { mic: anything }
const fail = (value: unknown) => {
  if (value === 'bad') throw new Error('told to')
  return value
}
const failing = mapNode('Failing', fail)

/** What is said on a channel of anabranch while something runs, by this test's sessions and pipelines. */
async function heardOn(name: string, stage: Stage, run: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const heard: Record<string, unknown>[] = []
  const listen = (message: unknown) => heard.push(message as Record<string, unknown>)
  subscribe(`anabranch:${name}`, listen)
  try {
    await run()
  } finally {
    unsubscribe(`anabranch:${name}`, listen)
  }
  const ids = stage.sessions.map(({ id }) => id)
  return heard.filter(({ sessionId }) => sessionId === undefined || ids.includes(sessionId as string))
}

scenario('channel session: a session that failed says why', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({ metadata: { name: 'sad' }, inputs, nodes: { f: { type: failing, in: { input: 'mic' } } } }),
  )
  const heard = await heardOn('session', stage, () => rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'bad' })))
  t.match(heard, [
    { pipeline: 'sad', state: 'open' },
    { pipeline: 'sad', state: 'closed', ledger: { failed: 1 }, error: { code: 'ANB_NODE_EXECUTION', nodeId: 'f' } },
  ])
  t.equal(heard.length, 2)
  const well = await heardOn('session', stage, () => executor.execute({ mic: 'good' }))
  t.notOk(well[1] && 'error' in well[1])
})

scenario('channel edge:drop: one message for each item, with its reason', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: quickSource(() => upTo(5)) },
        p: {
          type: mapNode('Wait', async (n) => n),
          in: { input: { from: 'from.output', policy: 'drop-newest', max: 1 } },
        },
      },
    }),
  )
  const heard = await heardOn('edge:drop', stage, () => executor.execute())
  const edge = 'from.output -> p.input'
  const dropped = executor.metrics().edges[edge]?.dropped.overflow ?? 0
  t.ok(dropped > 0)
  const [sessionId] = stage.sessions.map(({ id }) => id)
  t.same(heard, Array(dropped).fill({ sessionId, edge, reason: 'overflow' }))
})

scenario('channel stall: what waits for what', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(upTo(200)) },
        held: { type: mapNode('Never', () => undefined), in: { input: 'from.output' } },
        pair: { type: pairNode('Pair'), in: { left: 'from.output', right: 'held.output' } },
      },
    }),
  )
  const heard = await heardOn('stall', stage, () => executor.execute().catch(() => undefined))
  t.equal(heard.length, 1)
  t.ok(heard[0]?.error instanceof StallError)
})

scenario('channel interrupt: the epoch, and from where', async (t, stage) => {
  const session = await stage.open(definePipeline({ inputs, nodes: { p: { type: pass, in: { input: 'mic' } } } }))
  const heard = await heardOn('interrupt', stage, async () => {
    session.interrupt()
    session.interrupt({ from: ['p'], reason: 'barge-in' })
  })
  const sessionId = session.id
  t.same(heard, [
    { sessionId, epoch: 1 },
    { sessionId, epoch: 2, from: ['p'], reason: 'barge-in' },
  ])
})

scenario('channel dead-letter: the letter', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { f: { type: failing, on_error: 'dead-letter', in: { input: 'mic' } } } }),
  )
  const heard = await heardOn('dead-letter', stage, () => executor.execute({ mic: 'bad' }))
  t.match(heard, [
    {
      sessionId: stage.sessions[0]?.id,
      letter: { nodeId: 'f', inputs: { input: 'bad' }, attempts: 1, error: { code: 'ANB_NODE_EXECUTION' } },
    },
  ])
  t.equal(heard.length, 1)
})

scenario('channel breaker: open, probing, closed, and open again', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      metadata: { name: 'fuse' },
      inputs,
      nodes: { f: { type: failing, breaker: { failures: 1, cooldown_ms: 10 }, in: { input: 'mic' } } },
    }),
  )
  const heard = await heardOn('breaker', stage, async () => {
    for (const mic of ['good', 'bad', 'good', 'bad']) {
      await executor.execute({ mic }).catch(() => undefined)
      await stage.clock.advance(10)
    }
  })
  t.same(
    heard,
    ['open', 'probing', 'closed', 'open'].map((state) => ({ pipeline: 'fuse', nodeId: 'f', state })),
  )
})

scenario('channel operator:restart: which node, and why; not when it is over', async (t, stage) => {
  for (const on_error of ['skip', 'fail'] as const) {
    const executor = await stage.executor(
      definePipeline({ inputs, nodes: { o: { type: rxNode('Op', () => map(fail)), on_error, in: { input: 'mic' } } } }),
    )
    const heard = await heardOn('operator:restart', stage, async () => {
      const session = await executor.open()
      gather(session)
      for (const mic of ['good', 'bad', 'good']) await session.send({ mic }).catch(() => undefined)
      await session.end().catch(() => undefined)
    })
    t.match(heard, on_error === 'fail' ? [] : [{ nodeId: 'o', error: { code: 'ANB_NODE_EXECUTION', nodeId: 'o' } }])
    t.equal(heard.length, on_error === 'fail' ? 0 : 1)
  }
})
