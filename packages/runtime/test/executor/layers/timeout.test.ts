import { anything, type NodeContext } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../../coded.ts'
import { emitNode, gate, gather, mapNode } from '../../nodes.ts'
import { scenario, settled } from '../../scenario.ts'

const inputs = { mic: anything }
const sleep = (context: NodeContext, ms: number) =>
  new Promise<void>((resolve) => context.clock.setTimeout(resolve, ms))

scenario('timeout: an attempt that takes too long is TimeoutError, and its signal aborts', async (t, stage) => {
  const signals: AbortSignal[] = []
  const slow = mapNode('Slow', (_, context) => {
    signals.push(context.signal)
    return sleep(context, 500)
  })
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { n: { type: slow, timeout_ms: 50, in: { input: 'mic' } } } }),
  )
  const run = rejected('ANB_TIMEOUT', executor.execute({ mic: 1 }))
  await stage.clock.advance(50)
  const error = await run
  t.match(error, { afterMs: 50, nodeId: 'n' })
  t.same(
    signals.map((signal) => signal.aborted),
    [true],
  )
  t.equal(signals[0]?.reason, error)
  await stage.clock.advance(500)
})

scenario('timeout: the context of a timed node is whole', async (t, stage) => {
  const seen: unknown[] = []
  const node = mapNode('Seeing', (_, context) => {
    seen.push(context.nodeId, context.sessionId === session.id, context.envelope.pts, context.signal.aborted)
    context.count('seen')
    context.log.info('seen')
    return context.audio(1, 16_000).length
  })
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: { n: { type: node, timeout_ms: 50, total_timeout_ms: 90, in: { input: 'mic' } } },
    }),
  )
  const session = await executor.open()
  const got = gather(session)
  await session.send({ mic: 1 }, { pts: 77 })
  await session.end()
  t.same(seen, ['n', true, 77, false])
  t.same(got, [1])
  t.equal(executor.metrics().nodes.n?.custom.seen, 1)
})

scenario('timeout: each attempt has its own limit, and a timeout is retried', async (t, stage) => {
  const at: number[] = []
  const slow = mapNode(
    'Slow',
    (_, context) => {
      at.push(stage.clock.now())
      return sleep(context, at.length < 3 ? 60 : 10)
    },
    { purity: 'pure', concurrency: 2 },
  )
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { n: { type: slow, timeout_ms: 50, in: { input: 'mic' } } } }),
  )
  const run = executor.execute({ mic: 1 })
  await stage.clock.advance(1000)
  await run
  t.same(at, [0, 150, 400])
})

scenario('timeout: the total limit holds over all retries and their waits', async (t, stage) => {
  let called = 0
  const failing = mapNode(
    'Failing',
    () => {
      called++
      return Promise.reject(new Error('no'))
    },
    { purity: 'pure' },
  )
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { n: { type: failing, total_timeout_ms: 150, in: { input: 'mic' } } } }),
  )
  const run = rejected('ANB_TIMEOUT', executor.execute({ mic: 1 }))
  await stage.clock.advance(150)
  t.match((await run).message, /150 ms \(total\)/)
  await stage.clock.advance(1000)
  t.equal(called, 2)
})

for (const limit of ['timeout_ms', 'total_timeout_ms'] as const)
  for (const purity of ['stateful', 'pure'] as const)
    scenario(
      `timeout: calls of an exclusive ${purity} node never overlap, though one does not listen (${limit})`,
      async (t, stage) => {
        let inside = 0
        let most = 0
        const deaf = mapNode(
          'Deaf',
          async (ms: number, context) => {
            most = Math.max(most, ++inside)
            await sleep(context, ms)
            inside--
            return ms
          },
          { purity },
        )
        const session = await stage.open(
          definePipeline({
            inputs,
            nodes: {
              n: {
                type: deaf,
                [limit]: 50,
                on_error: 'skip',
                retry: purity === 'pure' ? { max_retries: 1 } : {},
                in: { input: 'mic' },
              },
            },
          }),
        )
        const got = gather(session)
        for (const ms of [130, 10, 20]) await session.send({ mic: ms })
        await stage.clock.advance(2000)
        t.equal(most, 1)
        t.equal(inside, 0)
        t.ok(got.includes(20))
        const ledger = await session.end()
        t.equal(ledger.delivered + ledger.failed, 3)
      },
    )

scenario('timeout: every step of an async iterable has the limit, and it is told to end', async (t, stage) => {
  let ended = 0
  const gates = [gate(), gate()]
  const steps = emitNode('Steps', async function* () {
    try {
      yield { output: 0 }
      await gates[0]?.promise
      yield { output: 1 }
      await gates[1]?.promise
      yield { output: 2 }
    } finally {
      ended++
    }
  })
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { n: { type: steps, timeout_ms: 50, on_error: 'skip', in: { input: 'mic' } } } }),
  )
  const session = await executor.open()
  const got = gather(session)
  await session.send({ mic: 1 })
  await stage.clock.advance(40)
  gates[0]?.open()
  await stage.clock.advance(40)
  t.same(got, [0, 1])
  await stage.clock.advance(20)
  t.equal(executor.metrics().nodes.n?.failed, 1)
  gates[1]?.open()
  await settled()
  t.equal(ended, 1)
  await session.end()
})
