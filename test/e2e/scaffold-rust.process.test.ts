import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root, stranger } from './stranger.ts'
import { peakOf } from './wav.ts'

// It builds an addon, and its tests without one.
t.setTimeout(600_000)

const native = join(root, 'packages', 'nodes-native')

t.test('a plugin in Rust, from an empty folder to another project', async (t) => {
  const { folder, run, install } = await stranger(t, {
    // Dependencies are built once for all addons of the checkout.
    CARGO_TARGET_DIR: join(native, 'target'),
    CARGO_NET_OFFLINE: 'true',
  })
  const home = join(folder, 'home')
  mkdirSync(home)
  await install(home)
  await run(home, 'anabranch', 'new', 'plugin', 'fuller', '--lang', 'rust', '--dir', '../fuller')
  const project = join(folder, 'fuller')
  await install(project)
  // The crates are not published yet: where they are, the checkout says, with the versions that are tested here.
  const crates = ['anabranch-binding', 'anabranch-node'].map(
    (name) => `${name} = { path = "${join(native, 'crates', name)}" }`,
  )
  appendFileSync(join(project, 'Cargo.toml'), `\n[patch.crates-io]\n${crates.join('\n')}\n`)
  copyFileSync(join(native, 'Cargo.lock'), join(project, 'Cargo.lock'))

  await run(project, 'npm', 'run', 'build')
  t.match(await run(project, 'npm', 'test'), /1 passed[\s\S]*# fail 0/)
  await run(project, 'npm', 'run', 'example')
  // 0.25 · 10^(−6 / 20), by hand.
  t.ok(Math.abs(peakOf(join(project, 'example', 'output.wav')) - 0.1253) < 0.001)
  await run(project, 'npm', 'run', 'describe')
  t.match(await run(project, 'npm', 'run', 'check'), /✓ examples\n✓ conform/)

  await run(project, 'npm', 'pack', '--ignore-scripts')
  const app = join(folder, 'app')
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "type": "module" }')
  await install(app, join(project, 'anabranch-plugin-fuller-0.1.0.tgz'))
  writeFileSync(join(app, 'pipeline.yaml'), PIPELINE)
  await run(app, 'anabranch', 'run', 'pipeline.yaml', '-i', '../fuller/example/input.wav', '-o', 'less.output=out.wav')
  t.ok(Math.abs(peakOf(join(app, 'out.wav')) - 0.25) < 0.001)
})

const PIPELINE = `version: v1
plugins: [anabranch-plugin-fuller, '@anabranch/nodes-native']
inputs: { mic: { kind: audio } }
nodes:
  more: { type: FullerNode, params: { db: 20 }, in: { input: mic } }
  less: { type: GainNode, params: { db: -20 }, runtime_hint: native, in: { input: more.output } }
`
