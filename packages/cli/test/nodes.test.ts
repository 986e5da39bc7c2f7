import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { test } from 'tap'
import { parse } from 'yaml'
import { command } from './command.ts'
import { folderOf } from './files.ts'

test('nodes: all that come along, and those that a word is found in', async (t) => {
  const all = JSON.parse((await command(['nodes', '--json'])).out) as { type: string; runtimes: object[] }[]
  const types = all.map(({ type }) => type)
  for (const type of ['JsonLinesSource', 'VADNode', 'SoftClipNode']) t.ok(types.includes(type), type)
  t.equal(new Set(types).size, types.length, 'a type of two runtimes is listed once')
  t.match(
    all.find(({ type }) => type === 'GainNode')?.runtimes.map((each) => (each as { runtime: string }).runtime),
    ['native', 'javascript'],
  )
  const found = await command(['nodes', 'loudness'])
  t.match(found, { code: 0, out: /^LevelNode +native +audio → audio, anything +Measures/ })
  t.equal(found.out.split('\n').length, 2)
  t.match(await command(['nodes', 'no such thing']), { code: 1, out: 'no node type has "no such thing" in it\n' })
})

const plugin = `import { defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
const shout = defineNode({
  type: 'ShoutNode', summary: 'Louder.', inputs: { input: text }, outputs: { output: text },
  create: () => ({ execute: ({ input }) => ({ output: input.toUpperCase() }) }),
})
export default definePlugin({ name: 'shouting', apiVersion: 1, nodes: [shout] })
`

test('nodes, inspect: of a plugin that is named, and of one that is not there', async (t) => {
  const path = folderOf(t, { 'shout.mjs': plugin })('shout.mjs')
  t.match(await command(['nodes', 'shout', '--plugin', path]), { code: 0, out: /^ShoutNode/ })
  t.match(await command(['inspect', path]), { code: 0, out: /^ShoutNode\nLouder\.\n\njavascript of shouting\n/ })
  const gone = await command(['nodes', 'level', '--plugin', 'anabranch-plugin-gone'])
  t.match(gone, { code: 1, out: /^LevelNode/, err: /anabranch-plugin-gone: .*not installed[\s\S]*fix: / })
})

test('inspect: keys, params with their units, a snippet', async (t) => {
  const { code, out } = await command(['inspect', 'AudioResampleNode'])
  t.equal(code, 0)
  t.match(out, /^AudioResampleNode\nChanges the sample rate of audio\.\n\nnative of @anabranch\/nodes-native\n/)
  t.match(out, /output_rate +integer ≥ 1000, ≤ 768000, required\n +The sample rate that goes out, in Hz\./)
  t.match((await command(['inspect', 'AudioFileSink'])).out, /format +"wav" \| "flac", optional/)
  t.match(out, /quality +"low" \| "medium" \| "high", default "medium"/)
  t.match(await command(['inspect', 'VADNoed']), {
    code: 2,
    err: /did you mean "VADNode"\?\n {2}fix: anabranch inspect VADNode/,
  })
  t.match(JSON.parse((await command(['inspect', 'VADNode', '--json'])).out), {
    type: 'VADNode',
    inputs: [{ key: 'input', kind: 'audio', mode: 'required', format: { sampleRate: 16000 } }],
    outputs: [{ key: 'output' }, { key: 'segment' }, { key: 'probability', kind: 'number' }],
  })
})

test('inspect: the snippet of every node is a node that the schema takes', async (t) => {
  const validate = await editorSchema()
  const types = JSON.parse((await command(['nodes', '--json'])).out) as { type: string }[]
  for (const { type } of types) {
    const { snippet } = JSON.parse((await command(['inspect', type, '--json'])).out) as { snippet: string }
    t.ok(validate({ version: 'v1', nodes: parse(snippet) }), `${type}: ${JSON.stringify(validate.errors)}\n${snippet}`)
  }
})

test('schema: draft-07; it knows the params of each type, and lets placeholders and other types pass', async (t) => {
  const validate = await editorSchema()
  const takes = (node: object) => validate({ version: 'v1', nodes: { a: node } })
  t.ok(takes({ type: 'GainNode', params: { db: 3 } }))
  t.ok(takes({ type: 'GainNode', params: { db: `\${param:db}` } }), 'a placeholder is text until it is filled in')
  t.notOk(takes({ type: 'GainNode', params: { db: 'loud' } }))
  t.notOk(takes({ type: 'GainNode', params: { decibels: 3 } }))
  t.notOk(takes({ type: 'GainNode', parms: {} }))
  t.ok(takes({ type: 'SomebodyElsesNode', params: { anything: 1 } }))
  t.ok(validate({ version: 'v1', nodes: [{ id: 'a', type: 'GainNode', params: { db: 3 } }] }), 'the list form too')
  t.notOk(validate({ version: 'v1', nodes: [{ id: 'a', type: 'GainNode', params: { db: '3' } }] }))
})

test('schema: of a pipeline, with the types of its plugins', async (t) => {
  const path = folderOf(t, {
    'shout.mjs': plugin,
    'p.yaml': 'version: v1\nplugins: [./shout.mjs]\nnodes: { a: { type: ShoutNode } }\n',
  })
  const { out, code } = await command(['schema', path('p.yaml')])
  t.equal(code, 0)
  t.ok('node-ShoutNode' in JSON.parse(out).definitions)
})

test('schema: `in:` of a pipeline takes the keys of its types, and what the file has', async (t) => {
  const at = folderOf(t, {
    'part.yaml':
      'version: v1\ninputs: { in: { kind: audio } }\noutputs: { clean: g.output }\nnodes: { g: { type: GainNode, in: { input: in } } }\n',
    'p.yaml': `version: v1
inputs: { mic: { kind: audio } }
nodes:
  - { id: a, type: GainNode, in: { input: mic } }
  - { id: b, use: ./part.yaml, in: { in: a.output } }
  - { id: c, type: TheirNode }
  - { id: '(no id', type: GainNode }
  - { type: 3 }
  - nothing
`,
  })
  const validate = await editorSchema('schema', at('p.yaml'))
  const takes = (source: unknown) =>
    validate({ version: 'v1', nodes: { x: { type: 'GainNode', in: { input: source } } } })
  for (const source of ['mic', 'a.output', 'b.clean', 'c.whatever', { from: 'mic', max: 3 }, ['mic', 'a.output']])
    t.ok(takes(source), JSON.stringify(source))
  for (const source of ['a', 'a.outputs', 'b.g', 'd.output', { from: 'mike' }, ['mic', 'mike'], 3])
    t.notOk(takes(source), JSON.stringify(source))
  t.notOk(validate({ version: 'v1', nodes: { x: { type: 'GainNode', in: { inputs: 'mic' } } } }))
  const connects = (from: string, to: string) =>
    validate({ version: 'v1', nodes: { x: { type: 'GainNode' } }, connections: [{ from, to }] })
  for (const [from, to] of [
    ['mic', 'a'],
    ['a', 'c'],
    ['a.output', 'b.in'],
  ] as const)
    t.ok(connects(from, to))
  for (const [from, to] of [
    ['mike', 'a'],
    ['a', 'd'],
    ['a.outputs', 'c'],
    ['a', 'd.in'],
  ] as const)
    t.notOk(connects(from, to), `${from} → ${to}`)
  t.match(await command(['schema', at('gone.yaml')]), { code: 3, err: /there is no file/ })
})

test('schema: of stdin; in one go into a file', async (t) => {
  const at = folderOf(t, {})
  const stdin = 'version: v1\nnodes: { a: { type: GainNode } }\n'
  t.match(await command(['schema', '-', '--out', at('new/s.json'), '--json'], { stdin }), {
    code: 0,
    out: /^{"out":".*s\.json","types":\d+,"sources":1}\n$/,
  })
  t.match(JSON.parse(readFileSync(at('new/s.json'), 'utf8')).definitions.source.anyOf[0], { enum: ['a.output'] })
})

async function editorSchema(...args: readonly string[]) {
  const schema = JSON.parse((await command(args.length > 0 ? args : ['schema'])).out) as Record<string, unknown>
  t07(schema)
  return new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema)
}

function t07({ $schema }: Record<string, unknown>): void {
  if ($schema !== 'http://json-schema.org/draft-07/schema#') throw new Error(`${$schema}`)
}
