import { anything } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, validate } from '@anabranch/runtime'
import { rejected } from './coded.ts'
import { pass } from './nodes.ts'
import { scenario } from './scenario.ts'

const pipeline = definePipeline({ inputs: { in: anything }, nodes: { a: { type: pass, in: { input: 'in' } } } })

scenario('options that nobody reads are refused by name, and change nothing', async (t, stage) => {
  const executor = await stage.executor(pipeline)
  const session = await executor.open()
  const rows: [call: string, option: string, near: string | null, () => unknown][] = [
    ['createExecutor()', 'drainMS', 'drainMs', () => createExecutor(pipeline, { drainMS: 5 } as never)],
    ['createExecutor()', 'plugins', null, () => createExecutor(pipeline, { plugins: [] } as never)],
    ['validate()', 'registy', 'registry', () => validate(pipeline, { registy: 1 } as never)],
    ['open()', 'signals', 'signal', () => executor.open({ signals: AbortSignal.abort() } as never)],
    ['execute()', 'timeout', null, () => executor.execute({ in: 1 }, { timeout: 5 } as never)],
    ['send()', 'survives', 'survive', () => session.send({ in: 1 }, { survives: true } as never)],
    ['send()', 'signal', null, () => session.send({ in: 1 }, { signal: AbortSignal.abort() } as never)],
    ['trySend()', 'ptsUs', 'pts', () => session.trySend({ in: 1 }, { ptsUs: 0 } as never)],
    ['interrupt()', 'form', 'from', () => session.interrupt({ form: ['a'] } as never)],
  ]
  for (const [call, option, near, run] of rows) {
    const error = await rejected('ANB_INPUTS', (async () => run())())
    const meant = near === null ? '' : `; did you mean "${near}"?`
    t.equal(error.message, `${call} has no option "${option}"${meant}`)
    t.match(error.fix, near === null ? /^use [a-z]/ : `write "${near}"`)
    t.equal(error.key, option)
  }
  t.match(session.ledger(), { accepted: 0, cancelled: 0, balanced: true }, 'nothing was sent or interrupted')
})

scenario('options that are known are taken', async (t, stage) => {
  const executor = await stage.executor(pipeline)
  const { signal } = new AbortController()
  const said = {
    pts: 5,
    deadline: 1e9,
    survive: true,
    trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }
  t.equal((await executor.execute({ in: 7 }, { signal, ...said })).get('output'), 7)
  const session = await executor.open({ signal })
  session.outputs.subscribe()
  await session.send({ in: 1 }, said)
  t.ok(session.trySend({ in: 1 }, said))
  t.equal(session.interrupt({ from: ['a'], queued: true, reason: 'enough' }), 1)
  t.match(await session.end(), { balanced: true, accepted: 2 })
})
