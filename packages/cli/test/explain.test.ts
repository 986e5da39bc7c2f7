import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_TABLE } from '@anabranch/plugin-sdk/host'
import { test } from 'tap'
import { command } from './command.ts'
import { folderOf, root } from './files.ts'

const codes = Object.keys(ERROR_TABLE)

test('explain: every code has a page, and no page is without a code', async (t) => {
  const pages = readdirSync(join(root, 'packages', 'cli', 'errors'))
  t.same(pages.sort(), codes.map((code) => `${code}.md`).sort())
  for (const code of codes) {
    const { code: exit, out } = await command(['explain', code])
    t.equal(exit, 0)
    t.match(out, new RegExp(`^${code} \\(\\w+\\)\\n[\\s\\S]*When it comes\\n {2}\\w[\\s\\S]*What to do\\n {2}\\w`))
    const page = readFileSync(join(root, 'packages', 'cli', 'errors', `${code}.md`), 'utf8')
    t.match(page, new RegExp(`\\n    ${code} `), 'with an example of it')
  }
})

test('explain: a code by its short name and by its class; a wrong one is told', async (t) => {
  for (const name of ['ANB_CYCLE', 'cycle', 'CycleError'])
    t.match(JSON.parse((await command(['explain', name, '--json'])).out), { code: 'ANB_CYCLE', retryable: false })
  t.match(await command(['explain', 'ANB_CYCL']), { code: 2, out: '', err: /did you mean ANB_CYCLE\?\n {2}fix: / })
})

const text = `version: v1
metadata: { name: two }
plugins: ['@anabranch/runtime/nodes']
nodes:
  ticks: { type: TimerSource, params: { interval_ms: 10, count: 3 } }
  even: { type: FilterNode, params: { expression: 'value % 2 == 0' }, in: { input: ticks.output } }
  all: { type: TapNode, in: { input: { from: ticks.output, policy: drop-oldest, max: 8, max_bytes: 4096 } } }
  said: { type: MapNode, params: { expression: 'value' }, in: { input: all.output }, on_error: skip }
`

test('explain: a pipeline: order, runtimes, what runs at once, how much may wait', async (t) => {
  const path = folderOf(t, { 'p.yaml': text })('p.yaml')
  const { code, out } = await command(['explain', path])
  t.equal(code, 0)
  t.match(out, /^two: 4 nodes, 3 edges, lossless\n\nticks ─┬─▶ even/)
  t.match(out, /\n {2}1 {2}ticks {2}TimerSource +javascript {2}in this process {2}not native: no native plugin offers/)
  t.match(out, /said +MapNode.*on error skip/)
  t.match(out, /after ticks: even \| all → said\n/)
  t.match(out, /at most 136 items wait on 3 edges/)
  t.match(out, /ticks\.output -> all\.input: +drop-oldest +8 items +4 KiB/)
  const { plan } = JSON.parse((await command(['explain', path, '--json'])).out) as { plan: Record<string, unknown> }
  t.match(plan, {
    name: 'two',
    nodes: [{ id: 'ticks', form: 'source', runtime: 'javascript', where: 'inline' }, {}, {}, {}],
    at_once: [{ after: 'ticks', branches: [['even'], ['all', 'said']] }],
    memory: { items: 136, pool_bytes: null },
  })
})

const label = (version: string) => ({
  version,
  frame: 'one input',
  frame_us: { p50: 1500, p99: 3000, calls: 500 },
  copied_bytes: 2048,
  cold_start_ms: 120,
  memory_bytes: 3 * 2 ** 20,
  machine: { cpu: 'A CPU', cores: 2, platform: 'linux-x64', node: '20.19.0', load: 0.1 },
})
const labelled = (version: string) => ({
  'package.json': '{}',
  'p.yaml':
    'version: v1\nplugins: [anabranch-plugin-same]\ninputs: { a: { kind: text } }\nnodes: { s: { type: SameNode, in: { input: a } } }\n',
  'node_modules/anabranch-plugin-same/package.json': JSON.stringify({
    name: 'anabranch-plugin-same',
    version,
    type: 'module',
    exports: './index.js',
    anabranch: { apiVersion: 1, powers: [], nodes: [{ type: 'SameNode', costs: { javascript: label('1.0.0') } }] },
  }),
  'node_modules/anabranch-plugin-same/index.js': `import { defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
const same = defineNode({
  type: 'SameNode', summary: 'The same.', inputs: { input: text }, outputs: { output: text },
  create: () => ({ execute: ({ input }) => ({ output: input }) }),
})
export default definePlugin({ name: 'anabranch-plugin-same', apiVersion: 1, nodes: [same] })
`,
})

test('explain: what its nodes cost, as their packages say; a label of another version is marked', async (t) => {
  const path = folderOf(t, labelled('1.0.0'))('p.yaml')
  const { code, out, err } = await command(['explain', path])
  t.equal(code, 0, err)
  t.match(
    out,
    /\ncost\n {2}s {2}1\.50 ms a frame \(p99 3\.00 ms\), 2 KiB copied, 120 ms to start, 3 MiB\n {2}measured with one input; A CPU, 2 cores, Node\.js 20\.19\.0\n/,
  )
  t.match(JSON.parse((await command(['explain', path, '--json'])).out).plan.costs, { s: label('1.0.0') })
  const newer = folderOf(t, labelled('2.0.0'))('p.yaml')
  t.match((await command(['explain', newer])).out, /3 MiB {2}of version 1\.0\.0, not 2\.0\.0\n/)
  t.match(JSON.parse((await command(['explain', newer, '--json'])).out).plan.costs, { s: { now: '2.0.0' } })
})

test('explain: a pipeline that cannot run has no plan', async (t) => {
  const path = folderOf(t, { 'p.yaml': text.replace('TimerSource', 'TimerSorce') })('p.yaml')
  t.match(await command(['explain', path]), { code: 3, out: '', err: /ANB_NODE_NOT_FOUND/ })
  t.match(await command(['explain', path, '--json']), { code: 3, out: /^\{"ok":false.*"plan":null\}\n$/ })
})
