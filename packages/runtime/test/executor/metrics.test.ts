import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { anything } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { gather, mapNode, pass, quickSource, upTo } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

const inputs = { mic: anything }

scenario('metrics: while it runs, and after', async (t, stage) => {
  const waits: (() => void)[] = []
  const slow = mapNode('Slow', (n, context) => {
    context.count('seen', 2)
    return new Promise((resolve) => waits.push(() => resolve(n)))
  })
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: { p: { type: pass, in: { input: 'mic' } }, s: { type: slow, in: { input: 'p.output' } } },
    }),
  )
  const session = await executor.open()
  gather(session)
  for (let mic = 0; mic < 3; mic++) await session.send({ mic })
  await stage.clock.advance(20)
  const now = executor.metrics()
  t.equal(now.sessions, 1)
  t.match(now.nodes.p, { runtime: 'javascript', executions: 3, taken: 3, produced: 3, errors: 0, breaker: 'closed' })
  t.match(now.nodes.s, { executions: 1, taken: 1, produced: 0, custom: { seen: 2 } })
  t.match(now.edges['p.output -> s.input'], { depth: 2, high_water: 2, pushed: 3, taken: 1 })
  waits[0]?.()
  await stage.clock.advance(20)
  t.match(executor.metrics().edges['p.output -> s.input'], { depth: 1, age_us: { count: 2, max: 20_000 } })
  waits[1]?.()
  await settled()
  waits[2]?.()
  await session.end()
  const after = executor.metrics()
  t.equal(after.sessions, 0)
  t.match(after.nodes.s, { executions: 3, taken: 3, produced: 3, execution_us: { count: 3, max: 20_000 } })
  t.match(after.edges['p.output -> s.input'], { depth: 0, pushed: 3, taken: 3 })
  t.match(after.latency_us, { count: 3, max: 40_000 })
  const other = await executor.open()
  t.equal(executor.metrics().nodes.s?.taken, 3, 'sums go on over sessions')
  await other.close()
})

scenario('metrics: every error is counted, also at high rates, where not every call is timed', async (t, stage) => {
  for (const form of ['sync', 'async'] as const) {
    const fail = () => {
      throw new Error('no')
    }
    const failing = mapNode('Failing', form === 'sync' ? fail : async () => fail())
    const executor = await stage.executor(
      definePipeline({
        nodes: {
          from: { type: quickSource(() => upTo(4300)) },
          p: { type: pass, in: { input: 'from.output' } },
          f: { type: failing, on_error: 'skip', breaker: { failures: 1e6 }, in: { input: 'p.output' } },
        },
      }),
      {},
      false,
    )
    await executor.execute()
    t.match(executor.metrics().nodes.f, { executions: 4300, errors: 4300, failed: 4300 }, form)
    const timed = executor.metrics().nodes.p?.execution_us.count ?? 0
    t.ok(timed > 0 && timed < 4300 / 2, `${timed} timed`)
  }
})

scenario('metrics: switched off, sets are counted all the same', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { p: { type: pass, in: { input: 'mic' } } } }),
    { metrics: false },
  )
  await executor.execute({ mic: 1 })
  t.match(executor.metrics(), {
    nodes: { p: { executions: 1, taken: 1, execution_us: { count: 0 } } },
    edges: { '(inputs).mic -> p.input': { pushed: 1, age_us: { count: 0 } } },
    latency_us: { count: 0 },
  })
})

scenario('metrics: edges of several open sessions are one sum', async (t, stage) => {
  const executor = await stage.executor(definePipeline({ inputs, nodes: { p: { type: pass, in: { input: 'mic' } } } }))
  const sessions = [await executor.open(), await executor.open()]
  for (const session of sessions) {
    gather(session)
    await session.send({ mic: 1 })
  }
  await settled()
  t.match(executor.metrics().edges['(inputs).mic -> p.input'], { pushed: 2, taken: 2, age_us: { count: 2 } })
  for (const session of sessions) await session.end()
})

scenario('channels: a session says when it opens and closes, and which sets failed', async (t, stage) => {
  const heard: unknown[] = []
  const listen = (message: unknown, name: string | symbol) => heard.push([name, message])
  for (const name of ['anabranch:session', 'anabranch:node:error']) subscribe(name, listen)
  const failing = mapNode('Failing', () => {
    throw new Error('no')
  })
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { f: { type: failing, on_error: 'skip', in: { input: 'mic' } } } }),
  )
  await executor.execute({ mic: 1 })
  for (const name of ['anabranch:session', 'anabranch:node:error']) unsubscribe(name, listen)
  const sessionId = stage.sessions[0]?.id
  t.match(heard, [
    ['anabranch:session', { sessionId, state: 'open' }],
    ['anabranch:node:error', { sessionId, nodeId: 'f', error: { code: 'ANB_NODE_EXECUTION' } }],
    ['anabranch:session', { sessionId, state: 'closed', ledger: { accepted: 1, failed: 1, balanced: true } }],
  ])
})
