import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { linkPython, root, stranger } from './stranger.ts'
import { peakOf } from './wav.ts'

// It packs every package, builds a wheel, and starts workers.
t.setTimeout(300_000)

const UV = join(root, 'packages', 'nodes-python', 'python', '.bootstrap', 'bin', 'uv')

t.test('a plugin in Python, from an empty folder to another project', async (t) => {
  const { folder, run, install } = await stranger(t)
  const home = join(folder, 'home')
  mkdirSync(home)
  await install(home)
  const python = linkPython(home)
  // The packed Python sources, not those of the checkout that its environment knows.
  const path = `PYTHONPATH=${join(python, 'src')}`
  const anabranch = (...args: string[]) => run(home, 'env', path, 'anabranch', ...args)
  await anabranch('new', 'plugin', 'quieter', '--lang', 'python')
  const project = join(home, 'anabranch-plugin-quieter')
  const module = './anabranch-plugin-quieter/src/anabranch_plugin_quieter/__init__.py'

  const interpreter = join(python, '.venv', 'bin', 'python')
  t.match(await run(project, 'env', path, interpreter, '-m', 'pytest', '-q'), /2 passed/)
  const [input, output] = [join(project, 'example', 'input.wav'), join(project, 'example', 'output.wav')]
  const example = join(project, 'example', 'pipeline.yaml')
  await anabranch('run', example, '-i', input, '-o', `quieter.output=${output}`)
  // 0.25 · 10^(−6 / 20), by hand.
  t.ok(Math.abs(peakOf(output) - 0.1253) < 0.001)

  const conform = JSON.parse(await anabranch('conform', module, '--json')) as { ok: boolean; nodes: object[] }
  t.match(conform, { ok: true, nodes: [{ type: 'QuieterNode', runtime: 'python', where: 'process' }] })

  await anabranch('plugin', 'build', project, '--measure')
  t.match(await anabranch('plugin', 'check', project), /✓ description\n✓ cost\n✓ examples\n✓ conform\n$/)

  await run(project, UV, 'build', '--wheel', '--out-dir', 'dist')
  const [wheel] = readdirSync(join(project, 'dist')).filter((name) => name.endsWith('.whl'))
  t.equal(wheel, 'anabranch_plugin_quieter-0.1.0-py3-none-any.whl')
  const app = join(folder, 'app')
  mkdirSync(app)
  await install(app)
  linkPython(app)
  writeFileSync(join(app, 'pipeline.yaml'), PIPELINE)
  const into = ['--no-deps', '--offline', '--python', interpreter, '--target', app]
  await run(app, UV, 'pip', 'install', ...into, join(project, 'dist', wheel as string))
  await run(app, 'env', path, 'anabranch', 'run', 'pipeline.yaml', '-i', input, '-o', 'loud.output=out.wav')
  const known = await run(app, 'env', path, 'anabranch', 'inspect', 'python:anabranch_plugin_quieter', '--json')
  t.match(JSON.parse(known).nodes[0].runtimes, [{ runtime: 'python', cost: { version: '0.1.0', copied_bytes: 2560 } }])
  // 20 dB less in the plugin, 20 dB more in our native node: as it was.
  t.ok(Math.abs(peakOf(join(app, 'out.wav')) - 0.25) < 0.001)
})

const PIPELINE = `version: v1
plugins: ['python:anabranch_plugin_quieter', '@anabranch/nodes-native']
inputs: { mic: { kind: audio } }
nodes:
  quiet: { type: QuieterNode, params: { db: -20 }, in: { input: mic } }
  loud: { type: GainNode, params: { db: 20 }, runtime_hint: native, in: { input: quiet.output } }
`
