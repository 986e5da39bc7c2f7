import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root, stranger } from './stranger.ts'
import { peakOf } from './wav.ts'

// It packs every package and compiles one.
t.setTimeout(300_000)
const { folder, run, install } = await stranger(t)

// Whoever begins has the command, and nothing else.
const home = join(folder, 'home')
mkdirSync(home)
writeFileSync(join(home, 'package.json'), '{ "name": "home", "type": "module" }')
await install(home)

t.test('a plugin in TypeScript, from an empty folder to another project', async (t) => {
  await run(home, 'anabranch', 'new', 'plugin', 'louder', '--lang', 'ts', '--dir', '../louder')
  const project = join(folder, 'louder')
  await install(project)

  t.match(await run(project, 'npm', 'test'), /# fail 0/)
  await run(project, 'npm', 'run', 'example')
  // A quarter of full scale, 6 dB less: 0.25 · 10^(−6 / 20) = 0.1253, by hand.
  t.ok(Math.abs(peakOf(join(project, 'example', 'output.wav')) - 0.1253) < 0.001)

  const conform = JSON.parse(
    await run(project, 'anabranch', 'conform', './dist/src/index.js', '--cases', 'conform.json', '--json'),
  ) as { ok: boolean; nodes: { where: string }[] }
  t.equal(conform.ok, true)
  t.same(
    conform.nodes.map(({ where }) => where),
    ['inline', 'thread'],
  )

  await run(project, 'npm', 'run', 'describe')
  const described = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')).anabranch
  t.match(described, { apiVersion: 1, nodes: [{ type: 'LouderNode', runtimes: ['javascript'], purity: 'pure' }] })
  t.match(await run(project, 'anabranch', 'plugin', 'check', '--no-conform'), /✓ description[\s\S]*✓ examples/)

  await run(project, 'npm', 'pack', '--ignore-scripts')
  const app = join(folder, 'app')
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "type": "module" }')
  await install(app, join(project, 'anabranch-plugin-louder-0.1.0.tgz'))
  t.notOk(existsSync(join(app, 'node_modules', 'anabranch-plugin-louder', 'dist', 'test')), 'its tests stay at home')
  writeFileSync(join(app, 'pipeline.yaml'), PIPELINE)
  await run(app, 'anabranch', 'run', 'pipeline.yaml', '-i', '../louder/example/input.wav', '-o', 'quiet.output=out.wav')
  // 20 dB more in the plugin, 20 dB less in our native node: as it was.
  t.ok(Math.abs(peakOf(join(app, 'out.wav')) - 0.25) < 0.001)
})

t.test('docs/first-node.md names commands that are there', async (t) => {
  const text = readFileSync(join(root, 'docs', 'first-node.md'), 'utf8')
  const scripts = ['plugin-ts', 'plugin-rust'].map(
    (name) => JSON.parse(readFileSync(join(root, 'packages/cli/templates', name, 'package.json.tmpl'), 'utf8')).scripts,
  )
  const named = [...text.matchAll(/npm run (\w+)/g)].map(([, script = '']) => script)
  t.ok(named.length > 4)
  for (const script of named) t.ok(script in scripts[0] && script in scripts[1], script)
  for (const [, language = ''] of text.matchAll(/--lang (\w+)/g)) t.ok(['ts', 'rust', 'python'].includes(language))
})

t.test('plugin check says what keeps a package from being published', async (t) => {
  await run(home, 'anabranch', 'new', 'plugin', 'softer', '--yes')
  const project = join(home, 'anabranch-plugin-softer')
  await install(project)
  await run(project, 'npm', 'run', 'build')
  const file = join(project, 'package.json')
  const { keywords: _, peerDependencies: _2, ...rest } = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(
    file,
    JSON.stringify({ ...rest, license: undefined, scripts: { ...rest.scripts, postinstall: 'true' } }),
  )
  const told = await run(project, 'anabranch', 'plugin', 'check', '--no-conform', '--json').catch(
    (error) => error.message,
  )
  const { checks } = JSON.parse(/\{.*\}/.exec(told)?.[0] ?? '{}') as { checks: { name: string; problem?: string }[] }
  t.same(
    checks.flatMap(({ name, problem }) => (problem === undefined ? [] : [name])),
    ['keyword', 'licence', 'sdk', 'scripts', 'description'],
  )
})

t.test('a pipeline of its own runs and passes its test', async (t) => {
  await run(home, 'anabranch', 'new', 'pipeline', 'hello')
  const project = join(home, 'hello')
  await install(project)
  t.equal(await run(project, 'anabranch', 'run', 'pipeline.yaml', '-q', '-o', '-'), 'HELLO\nRIVER\n')
  t.match(await run(project, 'npm', 'test'), /1 passed/)
})

const PIPELINE = `version: v1
plugins: [anabranch-plugin-louder, '@anabranch/nodes-native']
inputs: { mic: { kind: audio } }
nodes:
  loud: { type: LouderNode, params: { db: 20 }, in: { input: mic } }
  quiet: { type: GainNode, params: { db: -20 }, runtime_hint: native, in: { input: loud.output } }
`
