import { getEventListeners } from 'node:events'
import { anything, defineNode, isAnabranchError } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../coded.ts'
import { gate, mapNode, pass } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

const inputs = { mic: anything }
const listening = (signal: AbortSignal) => getEventListeners(signal, 'abort').length
const forever = (signals: AbortSignal[]) =>
  mapNode('Forever', (_, { signal }) => {
    signals.push(signal)
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })

scenario('signal: aborting it cancels the session, and leaves no listener', async (t, stage) => {
  const signals: AbortSignal[] = []
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { f: { type: forever(signals), in: { input: 'mic' } } } }),
  )
  const controller = new AbortController()
  const session = await executor.open({ signal: controller.signal })
  t.equal(listening(controller.signal), 1)
  await session.send({ mic: 1 })
  await settled()
  controller.abort('hung up')
  t.same(
    signals.map(({ aborted }) => aborted),
    [true],
  )
  const ledger = await session.end()
  t.match(ledger, { accepted: 1, cancelled: 1 })
  t.equal(listening(controller.signal), 0)
})

scenario('signal: a session that ends by itself leaves no listener', async (t, stage) => {
  const executor = await stage.executor(definePipeline({ inputs, nodes: { p: { type: pass, in: { input: 'mic' } } } }))
  const { signal } = new AbortController()
  for (let n = 0; n < 3; n++) await executor.execute({ mic: n }, { signal })
  t.equal(listening(signal), 0)
})

scenario('signal: an execute that is aborted rejects with CancelledError', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { f: { type: forever([]), in: { input: 'mic' } } } }),
  )
  const controller = new AbortController()
  const running = rejected('ANB_CANCELLED', executor.execute({ mic: 1 }, { signal: controller.signal }))
  await settled()
  controller.abort(new Error('enough'))
  const error = await running
  t.match(error.cause, { message: 'enough' })
  t.ok(isAnabranchError(error))
})

scenario('signal: one that is aborted already opens nothing', async (t, stage) => {
  let made = 0
  const counted = {
    ...pass,
    create: () => {
      made++
      return pass.create()
    },
  }
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { p: { type: counted, in: { input: 'mic' } } } }),
  )
  await t.rejects(executor.execute({ mic: 1 }, { signal: AbortSignal.abort(new Error('too late')) }), {
    message: 'too late',
  })
  t.equal(stage.sessions.length, 0)
  t.equal(made, 1, 'only the one that checked the params')
})

scenario(
  'signal: aborted while nodes prepare, it gives no session, and what was prepared is cleaned up',
  async (t, stage) => {
    const wait = gate()
    const events: string[] = []
    const type = defineNode({
      type: 'Slow',
      summary: 'Takes its time to prepare.',
      inputs: { input: anything },
      outputs: { output: anything },
      create: () => ({
        prepare: () => wait.promise as Promise<void>,
        cleanup: () => void events.push('cleanup'),
        execute: ({ input }) => ({ output: input }),
      }),
    })
    const executor = await stage.executor(definePipeline({ inputs, nodes: { s: { type, in: { input: 'mic' } } } }))
    const controller = new AbortController()
    const opening = rejected('ANB_CANCELLED', executor.open({ signal: controller.signal }))
    await settled()
    controller.abort(new Error('changed my mind'))
    wait.open()
    t.match((await opening).cause, { message: 'changed my mind' })
    t.same(events, ['cleanup'])
  },
)
