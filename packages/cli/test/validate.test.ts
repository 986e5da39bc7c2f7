import { test } from 'tap'
import { command } from './command.ts'
import { folderOf } from './files.ts'

/** A pipeline of general nodes; what is wrong is in one line of it. */
const pipeline = (nodes: string, head = '') => `version: v1
plugins: ['@anabranch/runtime/nodes', '@anabranch/nodes-native']
${head}
nodes:
  rows: { type: JsonLinesSource, params: { path: rows.jsonl } }
${nodes}
`

interface Bad {
  /** With `▸` where it is wrong. */
  readonly text: string
  readonly code: string
  readonly message: RegExp
  readonly suggestion?: string
  readonly fix: RegExp
}

const node = (rest: string) =>
  pipeline(`  a: { type: FilterNode, params: { expression: 'true' }, in: { input: rows.output }${rest} }`)

/** What people write wrong, and what they are told; `▸` stands where. */
const table: Readonly<Record<string, Bad>> = {
  'an unknown key of the file': {
    text: pipeline('', '▸nods: {}'),
    code: 'ANB_MANIFEST',
    message: /^unknown key "nods"; did you mean "nodes"\?$/,
    suggestion: 'nodes',
    fix: /write "nodes"/,
  },
  'an unknown option of a node': {
    text: node(', ▸timout_ms: 5'),
    code: 'ANB_MANIFEST',
    message: /unknown node option "timout_ms"/,
    suggestion: 'timeout_ms',
    fix: /write "timeout_ms"/,
  },
  'an unknown node': {
    text: pipeline(`  a: { type: FilterNode, params: { expression: 'true' }, in: { input: ▸row.output } }`),
    code: 'ANB_MANIFEST',
    message: /unknown node "row"; did you mean "rows"\?/,
    suggestion: 'rows',
    fix: /write "rows"/,
  },
  'an output that the node does not have': {
    text: pipeline(`  a: { type: FilterNode, params: { expression: 'true' }, in: { input: ▸rows.out } }`),
    code: 'ANB_MANIFEST',
    message: /unknown output of rows \(JsonLinesSource\) "out"/,
    fix: /use one of output/,
  },
  'an unknown type': {
    text: pipeline('  a: { type: ▸FiltrNode, in: { input: rows.output } }'),
    code: 'ANB_NODE_NOT_FOUND',
    message: /no node type "FiltrNode"; did you mean "FilterNode"\?/,
    fix: /write "FilterNode"/,
  },
  'an unknown param': {
    text: pipeline(
      '  a: { type: AudioResampleNode, params: { output_rate: 16000, ▸qualty: low }, in: { input: rows.output } }',
    ),
    code: 'ANB_PARAMS',
    message: /^unknown param "qualty" on AudioResampleNode; did you mean "quality"\?$/,
    suggestion: 'quality',
    fix: /rename "qualty" to "quality"/,
  },
  'a param that is missing': {
    text: pipeline('  ▸a: { type: AudioResampleNode, in: { input: rows.output } }'),
    code: 'ANB_PARAMS',
    message: /output_rate|missing/,
    fix: /output_rate/,
  },
  'a param out of range': {
    text: pipeline('  a: { type: AudioResampleNode, params: { output_rate: ▸1 }, in: { input: rows.output } }'),
    code: 'ANB_PARAMS',
    message: /1000/,
    fix: /1000/,
  },
  'a number in quotes': {
    text: node(`, timeout_ms: ▸'5'`),
    code: 'ANB_MANIFEST',
    message: /timeout_ms is "5", not a number/,
    fix: /write 5 without quotes/,
  },
  'a cycle': {
    text: pipeline('  ▸a: { type: TapNode, in: { input: b.output } }\n  b: { type: TapNode, in: { input: a.output } }'),
    code: 'ANB_CYCLE',
    message: /the edges form a cycle: a → b → a/,
    fix: /cut one of these edges/,
  },
  'two edges into one key': {
    text: pipeline('  a: { type: TapNode, in: { ▸input: [rows.output, rows.output] } }'),
    code: 'ANB_MANIFEST',
    message: /several edges into "input" with join: zip/,
    fix: /say join: merge/,
  },
  'a param of the pipeline that nobody set': {
    text: pipeline(
      `  a: { type: TapNode, params: { label: ▸'\${param:word}' }, in: { input: rows.output } }`,
      'params: { word: { type: string } }',
    ),
    code: 'ANB_MANIFEST',
    message: /param "word"/,
    fix: /set|default/,
  },
  'a plugin that is not there': {
    text: pipeline('').replace("'@anabranch/nodes-native'", '▸./nodes/laud.js'),
    code: 'ANB_PLUGIN',
    message: /plugin "\.\/nodes\/laud\.js"/,
    fix: /path/,
  },
  'a placement that is not built': {
    text: node(', ▸placement: { where: remote }'),
    code: 'ANB_NOT_AVAILABLE',
    message: /placement remote is not available yet/,
    fix: /leave placement out/,
  },
  'no YAML': {
    text: 'version: v1\nnodes: { a: [ ▸}\n',
    code: 'ANB_MANIFEST',
    message: /./,
    fix: /./,
  },
}

for (const [what, { text, code, message, suggestion, fix }] of Object.entries(table))
  test(`validate: ${what}`, async (t) => {
    const path = folderOf(t, { 'p.yaml': text.replace('▸', '') })('p.yaml')
    const json = await command(['validate', path, '--json'])
    t.equal(json.code, 3)
    t.equal(json.err, '')
    const { ok, problems } = JSON.parse(json.out) as { ok: boolean; problems: Record<string, unknown>[] }
    t.equal(ok, false)
    const before = text.slice(0, text.indexOf('▸')).split('\n')
    const [line, column] = [before.length, (before.at(-1) as string).length + 1]
    const found = problems.find((each) => each.line === line && each.column === column)
    t.match(found, { code, severity: 'error', message, file: path, path: String, fix }, JSON.stringify(problems))
    t.equal(found?.suggestion, suggestion)

    const plain = await command(['validate', path])
    t.equal(plain.code, 3)
    t.ok(plain.out.includes(`${code} ${path}:${line}:${column} ${found?.message}`), plain.out)
    t.match(plain.out, /\n {2}fix: /)
    t.match(plain.out, /✗ .*p\.yaml: \d+ errors?\n$/)
  })

test('validate: a good one, several at once, one from stdin', async (t) => {
  const path = folderOf(t, { 'good.yaml': node(''), 'bad.yaml': node(', x: 1') })
  t.match(await command(['validate', path('good.yaml')]), { code: 0, out: /is valid: 2 nodes, 1 edge\n$/, err: '' })
  const both = await command(['validate', path('good.yaml'), path('bad.yaml')])
  t.match(both, { code: 3, out: /✓[\s\S]*✗/ })
  const given = await command(['validate', '-', '--json'], { stdin: node('') })
  t.match(given, { code: 0, out: '{"ok":true,"problems":[],"stepped_in":[]}\n' })
  t.match(await command(['validate', '-'], { stdin: '[' }), { code: 3, out: /stdin:1/ })
  t.match(await command(['validate', path('none.yaml'), '--json']), { code: 3, out: /there is no file/ })
})

test('validate: --set and --profile', async (t) => {
  const text = `${pipeline(`  a: { type: TapNode, params: { label: '\${param:word}' }, in: { input: rows.output } }`, 'params: { word: { type: string } }')}profiles: { quiet: { nodes: { a: { params: { every: 0 } } } } }\n`
  const path = folderOf(t, { 'p.yaml': text })('p.yaml')
  t.match(await command(['validate', path, '--set', 'word=x']), { code: 0 })
  t.match(await command(['validate', path, '--set', 'word=x', '-p', 'quiet']), { code: 3, out: /ANB_PARAMS/ })
  t.match(await command(['validate', path, '--set', 'wort=x']), { code: 3, out: /did you mean "word"/ })
})

test('validate: colours in a terminal, and none where NO_COLOR is set', async (t) => {
  const path = folderOf(t, { 'p.yaml': node(', x: 1') })('p.yaml')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  const colours = /\x1b\[/
  t.match((await command(['validate', path], { columns: 80 })).out, colours)
  t.notMatch((await command(['validate', path], { columns: 80, env: { NO_COLOR: '1' } })).out, colours)
  t.notMatch((await command(['validate', path])).out, colours)
})
