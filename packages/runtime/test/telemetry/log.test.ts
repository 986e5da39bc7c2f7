import { anything, defineNode } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { gather, mapNode, sourceOf, upTo } from '../nodes.ts'
import { scenario } from '../scenario.ts'

const inputs = { mic: anything }

scenario('log: every line of a session names its pipeline, its node and itself', async (t, stage) => {
  const talks = mapNode('Talks', (value, context) => {
    context.log.info({ value }, 'got one')
    context.log.warn('careful')
    if (value === 2) throw new Error('no')
    return value
  })
  const executor = await stage.executor(
    definePipeline({
      metadata: { name: 'chatty' },
      inputs,
      nodes: { talk: { type: talks, on_error: 'skip', in: { input: 'mic' } } },
    }),
  )
  const sessions = [await executor.open(), await executor.open()]
  for (const [n, session] of sessions.entries()) {
    gather(session)
    await session.send({ mic: n + 1 })
    await session.end()
  }
  const [one, two] = sessions.map(({ id }) => id)
  const bound = { pipeline: 'chatty', node: 'talk' }
  t.match(stage.log, [
    { ...bound, session: one, msg: 'got one', value: 1, level: 30 },
    { ...bound, session: one, msg: 'careful', level: 40 },
    { ...bound, session: two, msg: 'got one', value: 2 },
    { ...bound, session: two, msg: 'careful' },
    { ...bound, session: two, msg: 'an input set failed', err: { code: 'ANB_NODE_EXECUTION' }, level: 20 },
  ])
  t.equal(stage.log.length, 5)
})

scenario('log: what is of no node has no node, what is of no session has none', async (t, stage) => {
  const prepared = defineNode({
    type: 'Prepared',
    summary: 'Says when it is prepared.',
    inputs: { left: anything, right: anything },
    outputs: { output: anything },
    create: () => ({
      prepare: (context) => context.log.info('prepared'),
      execute: ({ left, right }) => ({ output: [left, right] }),
      cleanup: () => {
        throw new Error('stuck')
      },
    }),
  })
  const executor = await stage.executor(
    definePipeline({
      metadata: { name: 'stuck' },
      nodes: {
        from: { type: sourceOf(upTo(200)) },
        none: { type: mapNode('None', () => undefined), in: { input: 'from.output' } },
        pair: { type: prepared, in: { left: 'from.output', right: 'none.output' } },
      },
    }),
  )
  await executor.execute().catch(() => undefined)
  await executor.close()
  const line = (msg: RegExp) => stage.log.find((one) => msg.test(String(one.msg)))
  t.match(line(/^prepared/), { pipeline: 'stuck', node: 'pair' })
  t.match(line(/stalled/), { pipeline: 'stuck', session: stage.sessions[0]?.id, err: { code: 'ANB_STALL' } })
  t.notOk('node' in (line(/stalled/) ?? {}))
  t.match(line(/cleanup failed/), { pipeline: 'stuck', node: 'pair' })
  for (const msg of [/^prepared/, /cleanup failed/])
    t.notOk('session' in (line(msg) ?? {}), 'instances outlive sessions')
})
