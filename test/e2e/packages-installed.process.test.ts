import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const platform = `${process.platform}-${process.arch}-gnu`

// npm alone takes half of a minute where the machine has other work.
t.setTimeout(180_000)

/** What somebody writes who has installed the packages: which runtime, and what comes out. */
const PROGRAM = `
import plugin, { gain } from '@anabranch/nodes-native'
import { AudioBuffer, nodeOperator } from '@anabranch/plugin-sdk'
import { lastValueFrom, of } from 'rxjs'

const frame = new AudioBuffer(new Float32Array(480).fill(0.1), 48_000)
const louder = await lastValueFrom(of(frame).pipe(nodeOperator(gain, { db: 6 })))
const { Registry } = await import(process.argv[2])
const registry = new Registry([plugin])
const { runtime, passedOver } = registry.resolve('GainNode')
const refused = (call) => { try { call(); return null } catch ({ name, code, message, fix }) { return { name, code, message, fix } } }
console.log(JSON.stringify({
  carried: gain.runtime, sample: louder.samples[0], count: louder.samples.length, runtime, passedOver,
  vad: refused(() => registry.resolve('VADNode')),
  hinted: refused(() => registry.resolve('GainNode', 'native')),
  made: refused(() => plugin.nodes.find(({ spec }) => spec.type === 'VADNode').create({})),
}))
`

async function pack(folders: readonly string[], to: string): Promise<string[]> {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', to, ...folders]
  const { stdout } = await run('npm', args, { cwd: root })
  return JSON.parse(stdout).map(({ filename }: { filename: string }) => join(to, filename))
}

/** An empty folder elsewhere with the packages as a registry would give them, installed without network and scripts. */
async function installed(t: Test): Promise<string> {
  // Not inside the checkout, whose packages would be found too.
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-installed-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const [tarballs, app] = [join(folder, 'tarballs'), join(folder, 'app')]
  for (const each of [tarballs, app]) mkdirSync(each)
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "type": "module" }')
  const others = ['rxjs', 'tslib', '@standard-schema/spec', 'fastest-levenshtein']
  const folders = [join(root, 'packages', 'plugin-sdk'), ...others.map((name) => join(root, 'node_modules', name))]
  const packed = await pack(folders, tarballs)
  const script = join(root, 'packages', 'nodes-native', 'scripts', 'pack-prebuilt.mjs')
  const { stdout } = await run(process.execPath, [script, tarballs])
  const ours = stdout.trim().split('\n')
  t.equal(ours.length, 2)
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  await run('npm', ['install', ...flags, ...packed, ...ours], { cwd: app })
  writeFileSync(join(app, 'main.js'), PROGRAM)
  return app
}

async function output(app: string) {
  const runtime = join(root, 'packages', 'runtime', 'dist', 'index.js')
  const { stdout, stderr } = await run(process.execPath, ['main.js', runtime], { cwd: app })
  return { ...JSON.parse(stdout), stderr }
}

t.test(
  'packed, installed elsewhere without network: native; without the package of the platform: JavaScript',
  async (t) => {
    const app = await installed(t)
    const native = await output(app)
    t.match(native, {
      carried: 'native',
      runtime: 'native',
      passedOver: [],
      count: 480,
      vad: null,
      hinted: null,
      made: null,
    })
    t.equal(native.stderr, '')
    // 0.1 · 10^(6 / 20), by hand.
    t.ok(Math.abs(native.sample - 0.199526) < 1e-6)

    const built = `@anabranch/nodes-native-${platform}`
    rmSync(join(app, 'node_modules', built), { recursive: true })
    const twin = await output(app)
    t.match(twin, { carried: 'javascript', runtime: 'javascript', count: 480, stderr: '' })
    t.equal(twin.sample, native.sample)
    const looked = `the package ${built} is not installed, and there is no file at `
    t.match(twin.passedOver, [{ runtime: 'native', lacking: true }])
    for (const { reason } of twin.passedOver) t.ok(reason.includes(looked), reason)
    for (const refusal of [twin.vad, twin.hinted, twin.made]) {
      t.match(refusal, { name: 'NotAvailableError', code: 'ANB_NOT_AVAILABLE' })
      t.ok(refusal.message.includes(looked), refusal.message)
      t.ok(refusal.message.includes(join('@anabranch', 'nodes-native', 'prebuilt')), 'and where the file would be')
      t.ok(refusal.fix.includes(`npm install ${built}@0.1.0`), refusal.fix)
      t.match(refusal.fix, /or build it from source with `npm run build:native.*Rust/)
    }
  },
)
