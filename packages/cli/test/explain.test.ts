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

test('explain: a pipeline that cannot run has no plan', async (t) => {
  const path = folderOf(t, { 'p.yaml': text.replace('TimerSource', 'TimerSorce') })('p.yaml')
  t.match(await command(['explain', path]), { code: 3, out: '', err: /ANB_NODE_NOT_FOUND/ })
  t.match(await command(['explain', path, '--json']), { code: 3, out: /^\{"ok":false.*"plan":null\}\n$/ })
})
