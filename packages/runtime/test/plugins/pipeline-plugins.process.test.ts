import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createExecutor, loadManifest, type Manifest, Registry, validate } from '@anabranch/runtime'
import { pino } from 'pino'
import t from 'tap'
import { rejected } from '../coded.ts'
import { mapNode } from '../nodes.ts'
import { moduleOf, packageOf, pluginFolder } from './plugin-folder.ts'

const pipeline = (type: string, plugins: unknown, options: object = {}) =>
  ({
    version: 'v1',
    plugins,
    inputs: { mic: { kind: 'text' } },
    nodes: { a: { type, in: { input: 'mic' }, ...options } },
  }) as unknown as Manifest

const files = {
  'nodes/shout.ts': moduleOf('Shout', 'const n: number = 1'),
  'exits.js': 'process.exit(1)',
  'no-binary.js': `import { NotAvailableError } from '@anabranch/plugin-sdk'
    throw new NotAvailableError('there is no addon for this machine', { fix: 'build it' })`,
  ...packageOf('anabranch-plugin-gain', moduleOf('Gain')),
}

t.test('createExecutor: the plugins of a pipeline, from a folder, beside the registry', async (t) => {
  const from = pluginFolder(t, files)
  const registry = new Registry().register(
    'Own',
    mapNode('Own', (text) => `${text}!`),
  )
  const plugins = ['./nodes/shout.ts', 'anabranch-plugin-gain']
  for (const type of ['Shout', 'Gain', 'Own']) {
    const executor = await createExecutor(pipeline(type, plugins), { registry, from })
    t.equal((await executor.execute({ mic: 'x' })).get('a.output'), type === 'Own' ? 'x!' : 'x')
    await executor.close()
  }
  t.same(registry.types, ['Own'], 'the given registry stays as it was')
})

t.test('createExecutor: plugins of a file are looked up from its folder', async (t) => {
  const folder = pluginFolder(t, files)
  const file = join(folder, 'pipeline.yaml')
  writeFileSync(
    file,
    "version: v1\nplugins: ['./nodes/shout.ts']\ninputs: { mic: { kind: text } }\nnodes:\n  a: { type: Shout, in: { input: mic } }\n",
  )
  const executor = await createExecutor(await loadManifest(file), { from: '/nowhere' })
  t.equal((await executor.execute({ mic: 'x' })).get('a.output'), 'x')
  await executor.close()
  writeFileSync(
    file,
    "version: v1\nplugins:\n  - './nodes/shuot.ts'\ninputs: { mic: { kind: text } }\nnodes:\n  a: { type: Shout, in: { input: mic } }\n",
  )
  const { problems } = await validate(await loadManifest(file))
  t.match(problems, [
    { path: 'plugins.0', code: 'ANB_PLUGIN', line: 3, column: 5, message: /there is no file/, fix: /nodes\/shout\.ts/ },
  ])
  t.equal(problems.length, 1)
})

t.test('createExecutor: a plugin that fails is the one problem, not its node types too', async (t) => {
  const from = pluginFolder(t, files)
  const error = await rejected('ANB_PLUGIN', createExecutor(pipeline('Anything', ['./exits.js']), { from }))
  t.match(error.message, /exits\.js.* ended the process when it was imported \(exit code 1\)/)
  const { ok, problems } = await validate(
    pipeline('Gain', ['./exits.js', 'python:x', 'anabranch-plugin-gain'], { join: 'zipp' }),
    { from },
  )
  t.equal(ok, false)
  t.match(
    problems.map(({ path, code }) => [path, code]),
    [
      ['plugins.0', 'ANB_PLUGIN'],
      ['plugins.1', 'ANB_PLUGIN'],
      ['nodes.a.join', 'ANB_MANIFEST'],
    ],
  )
  await rejected('ANB_MANIFEST', createExecutor(pipeline('Gain', 'x'), { from }))
})

t.test('createExecutor: a type that the registry has too is refused, naming both', async (t) => {
  const from = pluginFolder(t, files)
  const registry = new Registry().register(
    'Gain',
    mapNode('Gain', (n) => n),
  )
  const error = await rejected(
    'ANB_PLUGIN',
    createExecutor(pipeline('Gain', ['anabranch-plugin-gain']), { registry, from }),
  )
  t.match(error.message, /"Gain" is there twice: from register\(\) and from plugin "of-Gain"/)
})

t.test('createExecutor: a plugin that is not available here matters only where it is needed', async (t) => {
  const from = pluginFolder(t, files)
  const plugins = ['./no-binary.js', 'anabranch-plugin-gain']
  const lines: unknown[] = []
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const executor = await createExecutor(pipeline('Gain', plugins), { from, log })
  t.match(lines, [{ level: 40, path: 'plugins.0', msg: /there is no addon/, fix: 'build it' }])
  await executor.close()
  const error = await rejected('ANB_NOT_AVAILABLE', createExecutor(pipeline('Resample', plugins), { from, log }))
  t.match(error.message, /no native plugin offers "Resample"; \.\/no-binary\.js could not be loaded: there is no addon/)
  t.match(error.fix, /build it/)
})

t.test('validate: an alias of a hint is told where it stands', async (t) => {
  const registry = new Registry().register(
    'Own',
    mapNode('Own', (n) => n),
  )
  const { problems } = await validate(pipeline('Own', [], { runtime_hint: 'rust' }), { registry })
  t.match(problems, [
    { path: 'nodes.a.runtime_hint', message: /"rust": here it is called "native"/, fix: 'write "native"' },
  ])
  const near = await validate(pipeline('Own', [], { runtime_hint: 'rusty' }), { registry })
  t.match(near.problems, [{ path: 'nodes.a.runtime_hint', message: /did you mean "native"/, fix: 'write "native"' }])
})
