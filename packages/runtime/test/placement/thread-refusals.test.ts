import { anything, definePlugin } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, type Manifest, Registry, validate } from '@anabranch/runtime'
import t from 'tap'
import { rejected } from '../coded.ts'
import { mapNode } from '../nodes.ts'
import { known, plugins, thread } from './on-thread.ts'

const shout = mapNode('Shout', (text) => `${text}!`)
const elsewhere = (runtime: 'native' | 'python') => ({ ...shout, runtime, spec: { ...shout.spec, type: runtime } })

const pipeline = (type: string, options: object = {}) =>
  ({
    version: 'v1',
    plugins,
    inputs: { mic: { kind: 'anything' } },
    nodes: { a: { type, in: { input: 'mic' }, ...thread, ...options } },
  }) as unknown as Manifest

const registry = new Registry().register('Shout', shout)
registry.use(
  definePlugin({ name: 'elsewhere', apiVersion: 1, nodes: [elsewhere('native'), elsewhere('python')] as never }),
)

for (const [what, type, message, fix] of [
  ['a node that is defined in code', 'Shout', /"Shout" is defined in code/, /put it into a module .* under plugins/],
  ['a native node without threads', 'native', /has no thread to run on/, /leave placement out/],
  ['a Python node', 'python', /has no thread to run on/, /process of its own/],
  ['another form than execute', 'Streaming', /stream form/, /use execute/],
] as const)
  t.test(`placement thread is refused for ${what}`, async (t) => {
    const error = await rejected('ANB_NOT_AVAILABLE', createExecutor(pipeline(type), { ...known, registry }))
    t.match(error, { nodeId: 'a', message, fix })
  })

t.test('a node that a pipeline literal carries needs its module in plugins', async () => {
  const literal = (list: readonly string[]) =>
    definePipeline({
      plugins: list,
      inputs: { mic: anything },
      nodes: { a: { type: shout, in: { input: 'mic' }, ...thread } },
    })
  await rejected('ANB_NOT_AVAILABLE', createExecutor(literal(plugins), known))
})

t.test('params that cannot be carried to a thread are refused before a run', async (t) => {
  const done = { at: [], done: () => 1 }
  const error = await rejected('ANB_MARSHALING', createExecutor(pipeline('Dying', { params: done }), known))
  t.match(error, { nodeId: 'a', key: 'params' })
})

t.test('validate tells what is wrong with every placement at once', async (t) => {
  const manifest = pipeline('Shout') as unknown as { nodes: Record<string, object> }
  manifest.nodes.b = { type: 'Counting', in: { input: 'mic' }, placement: { where: 'process' } }
  manifest.nodes.c = { type: 'Counting', in: { input: 'mic' }, placement: { where: 'thread', replicas: 2 } }
  manifest.nodes.d = { type: 'Counting', in: { input: 'mic' }, ...thread }
  const { problems } = await validate(manifest as unknown as Manifest, { ...known, registry })
  t.match(problems, [
    { path: 'nodes.a.placement', code: 'ANB_NOT_AVAILABLE', message: /defined in code/ },
    { path: 'nodes.b.placement', code: 'ANB_NOT_AVAILABLE', message: /placement process/, fix: /where: thread/ },
    { path: 'nodes.c.placement', code: 'ANB_NOT_AVAILABLE', message: /2 replicas/ },
  ])
  t.equal(problems.length, 3)
})
