import { anything, definePlugin, type NodeSpec, type Plugin, text } from '@anabranch/plugin-sdk'
import { type Manifest, Registry, type Session } from '@anabranch/runtime'
import { z } from 'zod'
import { rejected } from '../coded.ts'
import { gather } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'
import { type Any, code, pipeline, running, told, version } from './edited-code.ts'

scenario(
  'reload: what cannot take the place of the old code is refused, and the old code goes on',
  async (t, stage) => {
    const withParams = {
      ...pipeline,
      inputs: { given: { kind: 'number' } },
      nodes: { edited: { type: 'Edited', params: { gain: 2 }, in: { input: 'given' } } },
    } as unknown as Manifest
    const times = (schema: Any) =>
      code(({ gain }) => ({ execute: ({ input }: Any) => ({ output: input * gain }) }), { params: schema })
    const { executor, session, got, send } = await running(stage, times(z.object({ gain: z.number() })), withParams)
    const params = z.object({ gain: z.number() }) as Any
    const execute = ({ input }: Any) => ({ output: input })
    const gained = (body: Any, spec: Partial<NodeSpec> = {}) => code(() => body, { params, ...spec })
    for (const [plugin, error, message] of [
      [
        definePlugin({ name: 'x', apiVersion: 1, nodes: [] }),
        'ANB_PLUGIN',
        /no node of this pipeline is of plugin "x"/,
      ],
      [{ name: 'x', apiVersion: 2, nodes: [] }, 'ANB_PLUGIN', /has apiVersion 2, this host needs 1/],
      [times(z.object({ gain: z.string() })), 'ANB_PARAMS', /gain/],
      [times(z.object({ level: z.number() })), 'ANB_MANIFEST', /unknown param "gain"/],
      [gained({ execute }, { inputs: { other: anything } }), 'ANB_MANIFEST', /unknown input of Edited "input"/],
      [
        gained({ execute }, { outputs: { output: anything, more: anything } }),
        'ANB_NOT_AVAILABLE',
        /its outputs changed from output to output, more/,
      ],
      [
        gained({ execute }, { inputs: { input: anything, side: anything.optional() } }),
        'ANB_NOT_AVAILABLE',
        /its inputs changed from input to input, side/,
      ],
      [gained({ execute }, { inputs: { input: text } }), 'ANB_MANIFEST', /number.*text/],
      [gained({ execute }, { time: 'span' }), 'ANB_NOT_AVAILABLE', /its time changed from keep to span/],
      [gained({ execute }, { purity: 'pure', concurrency: 3 }), 'ANB_NOT_AVAILABLE', /concurrency changed from 1 to 3/],
      [gained({ operator: () => (inputs$: Any) => inputs$ }), 'ANB_NOT_AVAILABLE', /operator in the place of execute/],
      [gained({ execute, prepare: () => Promise.reject(new Error('no model')) }), 'ANB_NODE_EXECUTION', /no model/],
      [
        code(
          () => {
            throw new Error('not today')
          },
          { params },
        ),
        'ANB_NODE_EXECUTION',
        /not today/,
      ],
    ] as [Plugin, 'ANB_PLUGIN', RegExp][]) {
      const { code: thrownCode, message: said } = await executor.reload(plugin).then(
        () => ({ code: 'nothing', message: '' }),
        (thrown) => thrown,
      )
      t.equal(thrownCode, error, `${said}`)
      t.match(said, message)
      await Promise.all(send(10))
    }
    await settled()
    await session.end()
    t.same(got, Array(13).fill(20), 'all by the old code')
  },
)

scenario('reload: new code that was prepared in vain is cleaned up, exactly once', async (t, stage) => {
  const { executor, session, got, send } = await running(stage, version('a'))
  const second = (await executor.open()) as Session
  let prepared = 0
  const halfway = version('b', () => ({
    prepare() {
      if (++prepared === 2) throw new Error('one model is enough')
      told.push('b prepared')
    },
  }))
  await rejected('ANB_NODE_EXECUTION', executor.reload(halfway))
  await Promise.all(send(1))
  await session.end()
  t.same(got, ['a1'])
  await second.close()
  await executor.close()
  t.same(told, [
    'a prepared',
    'a prepared',
    'b prepared',
    'b cleaned up',
    'b cleaned up',
    'a cleaned up',
    'a cleaned up',
  ])
})

scenario('reload: every open session and those to come take the new code', async (t, stage) => {
  const { executor, session, got, send } = await running(stage, version('a'))
  const second = (await executor.open()) as Session
  const also = gather(second as Any)
  await executor.reload(version('b'))
  await Promise.all([...send(1), second.send({ given: 2 } as Any)])
  await session.end()
  await second.end()
  t.same([got, also], [['b1'], ['b2']])
  t.equal((await executor.execute({ given: 3 } as Any)).get('edited.output'), 'b3')
})

scenario('reload: an idle instance of the old code is not used again', async (t, stage) => {
  told.length = 0
  const reusable = (name: string) => version(name, () => ({ reset: () => undefined }))
  const executor = await stage.executor(pipeline as Any, { registry: new Registry([reusable('a')]) })
  t.equal((await executor.execute({ given: 1 } as Any)).get('edited.output'), 'a1')
  await executor.reload(reusable('b'))
  t.equal((await executor.execute({ given: 2 } as Any)).get('edited.output'), 'b2')
  await executor.close()
  t.same(told, ['a prepared', 'a cleaned up', 'b prepared', 'b cleaned up'])
})

scenario('reload: an instance of the old code that a session kept is not used again either', async (t, stage) => {
  const before = version('a', () => ({ reset: () => undefined, snapshot: () => 1 }))
  const { executor, session, got, send } = await running(stage, before)
  const refuses = version('b', () => ({
    reset: () => undefined,
    restore() {
      throw new Error('no use for it')
    },
  }))
  await rejected('ANB_NODE_EXECUTION', executor.reload(refuses))
  await Promise.all(send(1))
  await session.end()
  t.same(got, ['a1'])
  t.equal((await executor.execute({ given: 2 } as Any)).get('edited.output'), 'b2')
  await executor.close()
  t.same(
    told.filter((line) => line.endsWith('cleaned up')),
    ['b cleaned up', 'a cleaned up', 'b cleaned up'],
  )
})

scenario('reload: many at once are taken one after another, and the last one stays', async (t, stage) => {
  const { executor, session, got, send } = await running(stage, version('a'))
  const all = Array.from({ length: 20 }, (_, n) => executor.reload(version(`${n}-`)))
  await Promise.all(send(1))
  await Promise.all(all)
  await Promise.all(send(2))
  t.match(await session.end(), { accepted: 2, delivered: 2, balanced: true })
  t.equal(got.at(-1), '19-2')
  await executor.close()
  for (const name of ['a', ...Array.from({ length: 20 }, (_, n) => `${n}-`)])
    t.equal(told.filter((line) => line === `${name} cleaned up`).length, 1, name)
})

scenario('reload: an interrupt meanwhile cancels what is at work, and the new code goes on', async (t, stage) => {
  const deaf = code(() => ({
    execute: ({ input }: Any, { signal }: Any) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error(`${input} aborted`)))),
  }))
  const { executor, session, got, send } = await running(stage, deaf)
  send(1, 2)
  await settled()
  const reloading = executor.reload(version('b'))
  await settled()
  session.interrupt()
  await reloading
  await Promise.all(send(3))
  t.match(await session.end(), { accepted: 3, delivered: 1, cancelled: 2, balanced: true })
  t.same(got, ['b3'])
})

scenario('reload: code at work that never ends keeps its place, which is told in time', async (t, stage) => {
  const { executor, session, send } = await running(
    stage,
    code(() => ({ execute: () => new Promise(() => undefined) })),
  )
  send(1)
  await settled()
  const reloading = rejected('ANB_TIMEOUT', executor.reload(version('b')))
  await settled()
  await stage.clock.advance(10_000)
  t.match((await reloading).message, /node "edited" was not replaced: what is at work in it takes longer than 10000 ms/)
  t.same(told, ['b prepared', 'b cleaned up'])
  const cancelling = session.cancel()
  await stage.clock.advance(10_000)
  t.match(await cancelling, { accepted: 1, cancelled: 1, balanced: true })
})

scenario(
  'reload: a tail that never comes is given up in time, and what it would be made of counted',
  async (t, stage) => {
    const hangs = code(
      () => ({
        execute: ({ input }: Any) => (input === 1 ? { output: 'a1' } : undefined),
        flush: () => new Promise(() => undefined),
      }),
      { time: 'span' },
    )
    const { executor, session, got, send } = await running(stage, hangs)
    await Promise.all(send(1, 2))
    await settled()
    const fresh = code(() => ({ execute: ({ input }: Any) => ({ output: `b${input}` }) }), { time: 'span' })
    const reloading = executor.reload(fresh)
    await settled()
    await stage.clock.advance(10_000)
    t.same(await reloading, ['edited'])
    await Promise.all(send(3))
    t.match(await session.end(), { accepted: 3, delivered: 2, cancelled: 1, balanced: true })
    t.same(got, ['a1', 'b3'])
    t.ok(stage.log.some(({ msg }) => /tail .* did not come within 10000 ms/.test(String(msg))))
  },
)

scenario('reload: where its state cannot move, the old code goes on', async (t, stage) => {
  const knows = code(() => ({ execute: ({ input }: Any) => ({ output: `a${input}` }), snapshot: () => 7 }))
  const { executor, session, got, send } = await running(stage, knows)
  const refuses = version('b', () => ({
    restore(state: unknown) {
      throw new Error(`no use for ${state}`)
    },
  }))
  t.match((await rejected('ANB_NODE_EXECUTION', executor.reload(refuses))).message, /no use for 7/)
  await Promise.all(send(1))
  const waits = version('c', () => ({ restore: () => new Promise(() => undefined) }))
  const reloading = rejected('ANB_TIMEOUT', executor.reload(waits))
  await settled()
  await stage.clock.advance(10_000)
  t.match((await reloading).message, /snapshot\(\) and restore\(\) took longer/)
  await Promise.all(send(2))
  t.match(await session.end(), { delivered: 2, balanced: true })
  t.same(got, ['a1', 'a2'])
  t.same(told, ['b prepared', 'b cleaned up', 'c prepared', 'c cleaned up'])
})

scenario(
  'reload: a session that ends meanwhile keeps what it had; a closed executor takes nothing',
  async (t, stage) => {
    const { executor, session, got, send } = await running(stage, version('a'))
    await Promise.all(send(1))
    const ended = session.end()
    await executor.reload(version('b'))
    await ended
    t.same(got, ['a1'])
    await executor.close()
    t.equal(told.filter((line) => line === 'a cleaned up').length, 1)
    t.equal(told.filter((line) => line === 'b cleaned up').length, told.includes('b prepared') ? 1 : 0)
    await rejected('ANB_CANCELLED', executor.reload(version('c')))
  },
)

scenario('reload: the new code of a node whose breaker was open is called at once', async (t, stage) => {
  const failing = code(() => ({
    execute() {
      throw new Error('a bug')
    },
  }))
  const skipping = {
    ...pipeline,
    nodes: { edited: { type: 'Edited', in: { input: 'given' }, on_error: 'skip', breaker: { failures: 2 } } },
  } as unknown as Manifest
  const { executor, session, got, send } = await running(stage, failing, skipping)
  await Promise.all(send(1, 2, 3))
  await settled()
  t.equal(executor.metrics().nodes.edited?.breaker, 'open')
  await executor.reload(version('b'))
  await Promise.all(send(4))
  t.match(await session.end(), { failed: 3, delivered: 1, balanced: true })
  t.same(got, ['b4'])
})

scenario('reload: messages on the control lane meet the code that is there', async (t, stage) => {
  const tuned = (name: string) =>
    code(() => {
      let tone = 'none'
      return {
        onControl(message: Any) {
          tone = message
        },
        execute: ({ input }: Any) => ({ output: `${name} ${tone} ${input}` }),
      }
    })
  const { executor, session, got, send } = await running(stage, tuned('a'))
  session.control('edited' as never, 'high')
  await Promise.all(send(1))
  await settled()
  await executor.reload(tuned('b'))
  session.control('edited' as never, 'low')
  await Promise.all(send(2))
  await executor.reload(version('c'))
  t.throws(() => session.control('edited' as never, 'x'), { code: 'ANB_NOT_AVAILABLE' })
  await session.end()
  t.same(got, ['a high 1', 'b low 2'])
})
