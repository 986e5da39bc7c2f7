import { anything, defineNode, InvalidInputsError, WorkerLostError } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../../coded.ts'
import { gate, gather, mapNode } from '../../nodes.ts'
import { scenario, settled } from '../../scenario.ts'

const inputs = { mic: anything }
/** Does what it is sent. */
function told() {
  const calls: string[] = []
  const type = mapNode('Told', (what: string | { wait: Promise<unknown> }) => {
    calls.push(typeof what === 'string' ? what : 'wait')
    if (what === 'fail') throw new Error('told to')
    if (what === 'input') throw new InvalidInputsError('not for me', { key: 'input' })
    return typeof what === 'string' ? what : what.wait
  })
  return { calls, type }
}

scenario('breaker: opens after 5 failures over sessions, then half-opens with one probe', async (t, stage) => {
  const { calls, type } = told()
  const executor = await stage.executor(definePipeline({ inputs, nodes: { n: { type, in: { input: 'mic' } } } }))
  const state = () => executor.metrics().nodes.n?.breaker
  for (let n = 0; n < 4; n++) await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'fail' }))
  t.equal(state(), 'closed')
  await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'fail' }))
  t.equal(state(), 'open')
  const open = await rejected('ANB_CIRCUIT_OPEN', executor.execute({ mic: 'ok' }))
  t.equal(open.nodeId, 'n')
  t.match(open.message, /open after 5 failures/)
  t.equal(calls.length, 5, 'nothing was called')
  await stage.clock.advance(29_999)
  await rejected('ANB_CIRCUIT_OPEN', executor.execute({ mic: 'ok' }))
  await stage.clock.advance(1)
  const probe = gate<string>()
  const probing = executor.execute({ mic: { wait: probe.promise } })
  await settled()
  t.equal(state(), 'probing')
  await rejected('ANB_CIRCUIT_OPEN', executor.execute({ mic: 'ok' }))
  probe.open('well')
  t.equal((await probing).get('output'), 'well')
  t.equal(state(), 'closed')
  t.equal((await executor.execute({ mic: 'ok' })).get('output'), 'ok')
})

scenario('breaker: a probe that fails opens it for another cool-down', async (t, stage) => {
  const { calls, type } = told()
  const breaker = { failures: 2, cooldown_ms: 100 }
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { n: { type, breaker, in: { input: 'mic' } } } }),
  )
  for (let n = 0; n < 2; n++) await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'fail' }))
  await stage.clock.advance(100)
  await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'fail' }))
  await rejected('ANB_CIRCUIT_OPEN', executor.execute({ mic: 'ok' }))
  t.equal(calls.length, 3)
  await stage.clock.advance(100)
  t.equal((await executor.execute({ mic: 'ok' })).get('output'), 'ok')
})

scenario('breaker: invalid inputs never count, and a success between failures starts anew', async (t, stage) => {
  const { type } = told()
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { n: { type, breaker: { failures: 2 }, in: { input: 'mic' } } } }),
  )
  for (let n = 0; n < 4; n++) await rejected('ANB_INPUTS', executor.execute({ mic: 'input' }))
  await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'fail' }))
  await executor.execute({ mic: 'ok' })
  await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'fail' }))
  t.equal(executor.metrics().nodes.n?.breaker, 'closed')
})

scenario('breaker: with skip it acts inside a session, and settles items by the policy', async (t, stage) => {
  const { calls, type } = told()
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { n: { type, on_error: 'skip', in: { input: 'mic' } } } }),
  )
  const session = await executor.open()
  const got = gather(session)
  for (let n = 0; n < 8; n++) await session.send({ mic: 'fail' })
  await settled()
  t.equal(calls.length, 5)
  await stage.clock.advance(30_000)
  await session.send({ mic: 'ok' })
  const ledger = await session.end()
  t.same(got, ['ok'])
  t.equal(ledger.failed, 8)
})

scenario('breaker: a probe that never answers does not keep it shut for good', async (t, stage) => {
  const { type } = told()
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: { n: { type, breaker: { failures: 1, cooldown_ms: 100 }, in: { input: 'mic' } } },
    }),
  )
  await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'fail' }))
  await stage.clock.advance(100)
  const session = await executor.open()
  await session.send({ mic: { wait: new Promise(() => undefined) } })
  await settled()
  session.interrupt()
  const closing = session.close()
  await stage.clock.advance(10_000)
  await closing
  t.equal((await executor.execute({ mic: 'ok' })).get('output'), 'ok')
})

scenario(
  'breaker: calls that were under way together are a row of failures only where none between ended well',
  async (t, stage) => {
    const gates = new Map<number, () => void>()
    const together = defineNode({
      type: 'Together',
      summary: 'Fails every second of many calls at once.',
      purity: 'effectful',
      concurrency: 10,
      inputs: { input: anything },
      outputs: { output: anything },
      create: () => ({
        execute: async ({ input }) => {
          await new Promise<void>((resolve) => gates.set(input as number, resolve))
          if ((input as number) % 2 === 0) throw new Error('every second')
          return { output: input }
        },
      }),
    })
    const executor = await stage.executor(
      definePipeline({ inputs, nodes: { n: { type: together, on_error: 'skip', in: { input: 'mic' } } } }),
    )
    const session = await executor.open()
    session.outputs.subscribe()
    for (let mic = 0; mic < 10; mic++) await session.send({ mic })
    await settled()
    t.equal(gates.size, 10, 'all are under way')
    for (const open of gates.values()) open()
    t.match(await session.end(), { delivered: 5, failed: 5, balanced: true })
    t.equal(executor.metrics().nodes.n?.breaker, 'closed', 'no two failures stand side by side')
  },
)

scenario('breaker: what a lost worker had under way is one failure', async (t, stage) => {
  const losses = ['one', 'two'].map((message) => new WorkerLostError(message, { retryable: false }))
  const type = mapNode('Losing', (n: number) => {
    if (losses[n] !== undefined) throw losses[n]
    return n
  })
  const breaker = { failures: 2, cooldown_ms: 1000 }
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { n: { type, breaker, on_error: 'skip', in: { input: 'mic' } } } }),
  )
  const state = () => executor.metrics().nodes.n?.breaker
  for (let set = 0; set < 8; set++) await executor.execute({ mic: 0 }).catch(() => undefined)
  t.equal(state(), 'closed')
  await executor.execute({ mic: 1 }).catch(() => undefined)
  t.equal(state(), 'open')
})
