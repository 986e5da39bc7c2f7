import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { command } from './command.ts'
import { folderOf } from './files.ts'

// Each node is measured in a process of its own.
t.setTimeout(240_000)

/** Nodes of which a label must say at least, or exactly, what they do. */
const PLUGIN = `import { audio, defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
import { map } from 'rxjs'
const node = (type, more) => defineNode({ type, summary: 'For a label.', inputs: { input: audio }, outputs: { output: audio }, ...more })
const spin = (ms) => { const end = performance.now() + ms; while (performance.now() < end); }
const slow = node('SlowNode', { create: () => ({ execute: ({ input }) => { spin(2); return { output: input } } }) })
const big = node('BigNode', { create: () => {
  let kept
  return {
    prepare: async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      kept = Buffer.alloc(64 * 2 ** 20, 1)
    },
    execute: ({ input }) => ({ output: kept.length > 0 ? input : undefined }),
  }
} })
const chain = node('ChainNode', { lineage: 'each', create: () => ({ operator: () => map(({ input }) => ({ output: input })) }) })
const fails = node('FailsNode', { create: () => ({ execute: () => { throw new Error('no') } }) })
const source = defineNode({ type: 'ASource', summary: 'Gives.', outputs: { output: text }, create: () => ({ source: function* () { yield { output: 'a' } } }) })
export default definePlugin({ name: 'anabranch-plugin-labels', apiVersion: 1, nodes: [slow, big, chain, fails, source] })
`
const PACKAGE = {
  name: 'anabranch-plugin-labels',
  version: '1.2.3',
  type: 'module',
  exports: './index.js',
}

interface Label {
  readonly version: string
  readonly frame: string
  readonly frame_us: { readonly p50: number; readonly p99: number; readonly calls: number } | null
  readonly copied_bytes: number
  readonly cold_start_ms: number
  readonly memory_bytes: number
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string }
}

t.test('plugin build --measure: what nodes cost, by what they do; a label is of one version', async (t) => {
  const at = folderOf(t, { 'package.json': JSON.stringify(PACKAGE), 'index.js': PLUGIN, LICENSE: 'MIT' })
  const built = await command(['plugin', 'build', at('.'), '--measure'])
  t.equal(built.code, 0, built.err)
  t.match(built.err, /FailsNode, javascript: no cost label: .*no\n/)
  t.match(built.err, /ASource, javascript: no cost label: .*a source has no frame/)
  const described = () =>
    JSON.parse(readFileSync(at('package.json'), 'utf8')).anabranch.nodes as {
      type: string
      costs?: { javascript: Label }
    }[]
  const label = (type: string) => described().find((node) => node.type === type)?.costs?.javascript as Label
  const slow = label('SlowNode')
  t.ok((slow.frame_us?.p50 ?? 0) >= 1900, `it spins for 2 ms: ${JSON.stringify(slow.frame_us)}`)
  t.ok((slow.frame_us?.calls ?? 0) > 20)
  t.match(slow, {
    version: '1.2.3',
    frame: '20 ms of audio at 16000 Hz',
    copied_bytes: 0,
    machine: { node: process.versions.node },
  })
  const big = label('BigNode')
  t.ok(big.cold_start_ms >= 300, `it prepares for 300 ms: ${big.cold_start_ms}`)
  t.ok(big.memory_bytes >= 60 * 2 ** 20, `it keeps 64 MiB: ${big.memory_bytes}`)
  t.ok((big.frame_us?.p50 ?? 1e9) < 1900, 'and its calls are short')
  t.ok(slow.memory_bytes < 60 * 2 ** 20)
  // 20 ms at 16 kHz are 320 samples of four bytes, copied because an operator may keep them.
  t.match(label('ChainNode'), { frame_us: null, copied_bytes: 1280 })
  t.equal(label('FailsNode'), undefined)

  const shown = await command(['inspect', at('index.js')])
  t.match(shown.out, /SlowNode[\s\S]*cost\n {2}javascript +2\.\d+ ms a frame \(p99 .*\), nothing copied[\s\S]*BigNode/)
  t.match(shown.out, new RegExp(`Node\\.js ${process.versions.node.replaceAll('.', '\\.')}`))

  // Without --measure, labels stay while the version does, are marked by those who read them, and go with the next build.
  t.equal((await command(['plugin', 'build', at('.')])).code, 0)
  t.same(label('SlowNode'), slow)
  t.match((await command(['plugin', 'check', at('.'), '--no-conform'])).out, /✓ description\n✓ cost\n/)
  const newer = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  writeFileSync(at('package.json'), JSON.stringify({ ...newer, version: '1.3.0' }))
  t.match((await command(['inspect', at('index.js')])).out, /of version 1\.2\.3, not of this one, 1\.3\.0/)
  t.match(
    (await command(['plugin', 'check', at('.'), '--no-conform'])).out,
    /✗ cost: .*version 1\.2\.3[\s\S]*plugin build --measure/,
  )
  t.equal((await command(['plugin', 'build', at('.')])).code, 0)
  t.equal(label('SlowNode'), undefined)
  t.match((await command(['plugin', 'check', at('.'), '--no-conform'])).out, /✓ description\n✓ cost\n/)
})

t.test('inspect --measure: one node, here and now', async (t) => {
  const { code, out, err } = await command(['inspect', 'GainNode', '--measure', '--json'])
  t.equal(code, 0, err)
  const { runtimes } = JSON.parse(out) as { runtimes: { runtime: string; cost: Label }[] }
  t.same(
    runtimes.map(({ runtime, cost }) => [runtime, cost.frame, cost.copied_bytes]),
    ['native', 'javascript'].map((runtime) => [runtime, '20 ms of audio at 16000 Hz', 0]),
  )
})

t.test('inspect --measure: a Python node, whose audio is copied into its process and out of it', async (t) => {
  const { code, out, err } = await command(['inspect', 'SoftClipNode', '--measure', '--json'])
  t.equal(code, 0, err)
  const { cost } = JSON.parse(out).runtimes.find(({ runtime }: { runtime: string }) => runtime === 'python') as {
    cost: Label
  }
  // 320 samples of four bytes, twice.
  t.equal(cost.copied_bytes, 2560)
  t.ok(cost.memory_bytes > 20 * 2 ** 20, `an interpreter of its own: ${cost.memory_bytes}`)
  t.ok(cost.cold_start_ms > 100, `which has to start: ${cost.cold_start_ms}`)
})

t.test('inspect: what is measured with, where nothing is measured', async (t) => {
  t.match(await command(['inspect', 'GainNode', '--cases', 'x.json']), { code: 2, err: /add --measure/ })
  t.match(await command(['inspect', 'GainNode', '--measure', '--cases', 'no.json']), { code: 2, err: /no\.json/ })
})
