import { audio, defineNode, number } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, drawGraph, type Manifest, validate } from '@anabranch/runtime'
import t from 'tap'
import { registry, withMic } from './pipelines.ts'

const pair = {
  wide: { type: 'Wide', in: { input: 'mic' } },
  pair: {
    type: 'Pair',
    join: 'latest',
    on_error: 'skip',
    in: { left: 'wide.output', right: { from: 'mic', policy: 'drop-oldest', max: 8 } },
  },
}

t.test('plan: how a pipeline will run, as plain data', async (t) => {
  const manifest = withMic(pair, { mode: 'realtime', metadata: { name: 'two' } }) as unknown as Manifest
  const { plan } = await validate(manifest, { registry })
  t.match(plan, {
    name: 'two',
    mode: 'realtime',
    inputs: { mic: { kind: 'audio', format: {} } },
    nodes: [
      { id: 'wide', type: 'Wide', runtime: 'javascript', where: 'inline', join: null, onError: 'fail', final: false },
      { id: 'pair', type: 'Pair', join: 'latest', onError: 'skip', final: true },
    ],
    edges: [{}, {}, { from: { input: 'mic' }, to: 'pair', options: { policy: 'drop-oldest', max: 8 } }],
  })
  t.same(plan?.nodes[0]?.outputs, { output: { kind: 'audio', format: {} } })
  t.same(
    plan?.nodes[0]?.passedOver.map(({ runtime }) => runtime),
    ['native'],
  )
  const executor = await createExecutor(manifest, { registry })
  t.same(executor.plan, plan, 'an executor has the same')
  await executor.close()
  t.match(drawGraph(plan as never), /^\(mic\)[\s\S]*wide {2}javascript {2}Wide/, 'and it can be drawn')
})

t.test('plan: formats that follow from what is above', async (t) => {
  const narrow = defineNode({
    type: 'From',
    summary: 'A source.',
    outputs: { output: audio.with({ sampleRate: 16_000, channels: 1 }), n: number },
    create: () => ({ *source() {} }),
  })
  const { plan } = await validate(definePipeline({ nodes: { from: { type: narrow } } }))
  t.same(plan?.nodes[0]?.outputs, {
    output: { kind: 'audio', format: { sampleRate: 16_000, channels: 1 } },
    n: { kind: 'number', format: {} },
  })
})

t.test('plan: none where there is an error', async (t) => {
  const wrong = withMic({ a: { type: 'Wide', in: { input: 'mike' } } }) as unknown as Manifest
  t.match(await validate(wrong, { registry }), { ok: false, plan: null })
})
