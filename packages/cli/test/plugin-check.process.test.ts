import { rmSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { command } from './command.ts'
import { folderOf } from './files.ts'

// What keeps a package from being published, by name. The rules of the contract are left out, but for one test.
t.setTimeout(300_000)

const NODE = `import { defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
import { z } from 'zod'
const says = defineNode({
  type: 'SaysNode', summary: 'Says it.', purity: 'pure', inputs: { input: text }, outputs: { output: text },
  params: z.object({ path: z.string().refine((path) => path.endsWith('.txt'), 'must end with .txt') }),
  create: () => ({ execute: ({ input }) => ({ output: input }) }),
})
export default definePlugin({ name: 'anabranch-plugin-says', apiVersion: 1, nodes: [says] })
`
const GOOD = {
  name: 'anabranch-plugin-says',
  version: '1.0.0',
  keywords: ['anabranch-plugin'],
  license: 'MIT',
  type: 'module',
  engines: { node: '>=20.19' },
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
  files: ['*.js', '*.d.ts', 'anabranch.json'],
  peerDependencies: { '@anabranch/plugin-sdk': '^0.1.0' },
  anabranch: './anabranch.json',
}
const FILES = {
  'package.json': JSON.stringify(GOOD),
  'index.js': NODE,
  'index.d.ts': "export { default } from './nodes.js'\n",
  'nodes.d.ts': 'declare const plugin: import("@anabranch/plugin-sdk").Plugin\nexport default plugin\n',
  'anabranch.json': '{ "powers": ["fs"] }',
  LICENSE: 'MIT',
}

interface Told {
  readonly ok: boolean
  readonly checks: readonly { readonly name: string; readonly problem?: string; readonly fix?: string }[]
}

async function check(folder: string, ...args: string[]): Promise<Told> {
  const { out, err } = await command(['plugin', 'check', folder, '--json', ...args])
  if (out === '') throw new Error(err)
  return JSON.parse(out) as Told
}

/** The names of what is wrong. */
const wrong = ({ checks }: Told) => checks.flatMap(({ name, problem }) => (problem === undefined ? [] : [name]))

t.test('npm: each check is green for a good package, and red for what it is about', async (t) => {
  const at = folderOf(t, FILES)
  t.equal((await command(['plugin', 'build', at('.')])).code, 0)
  const json = (more: object) => writeFileSync(at('package.json'), JSON.stringify({ ...GOOD, ...more }))
  t.same(wrong(await check(at('.'), '--no-conform')), [])
  for (const [more, names] of [
    [{ name: '@me/anabranch-plugin-says' }, []],
    [{ name: '@anabranch/says' }, []],
    [{ name: '@me/says', scripts: { postinstall: 'true' } }, ['name', 'scripts']],
    [{ name: 'anabranch-says', keywords: ['says'], engines: {} }, ['name', 'keyword', 'engines']],
    [{ dependencies: { '@anabranch/plugin-sdk': '^0.1.0' } }, ['sdk']],
    [{ peerDependencies: {} }, ['sdk']],
    // A host has the SDK with what it runs graphs by.
    [{ peerDependencies: {}, dependencies: { '@anabranch/runtime': '^0.1.0' } }, []],
    [{ exports: { '.': { default: './index.js', types: './index.d.ts' } } }, ['publint']],
    [{ files: ['*.js', 'index.d.ts'], license: undefined }, ['licence', 'entry', 'types']],
    [{ anabranch: { apiVersion: 1, powers: [], nodes: [] } }, ['description']],
  ] as const) {
    json(more)
    t.same(wrong(await check(at('.'), '--no-conform')), names, JSON.stringify(more))
  }
  json({})
  rmSync(at('LICENSE'))
  t.same(wrong(await check(at('.'), '--no-conform')), ['licence'])
})

t.test('a node that conform cannot look at is not ready; cases say what it needs', async (t) => {
  const at = folderOf(t, { ...FILES, 'some.json': '{ "SaysNode": { "params": { "path": "a.txt" } } }' })
  t.equal((await command(['plugin', 'build', at('.')])).code, 0)
  const told = await check(at('.'))
  t.same(wrong(told), ['conform'])
  t.match(told.checks.at(-1), {
    problem: /SaysNode \(javascript, inline\) was not looked at: .*must end with \.txt/,
    fix: /conform\.json, or by --cases/,
  })
  t.match(await check(at('.'), '--cases', at('some.json')), { ok: true })
})

t.test('its examples: pipelines are valid, and their tests pass', async (t) => {
  const example = `version: v1
plugins: [../index.js]
inputs: { lines: { kind: text } }
nodes: { says: { type: SaysNode, params: { path: a.txt }, in: { input: lines } } }
`
  const test = (word: string) =>
    `cases: [{ name: says it, feed: { lines: { values: [yes] } }, expect: [{ key: says.output, equals: [${word}] }] }]\n`
  const at = folderOf(t, {
    ...FILES,
    'example/pipeline.yaml': example,
    'example/pipeline.test.yaml': test('yes'),
    'example/data.yaml': 'no: pipeline',
  })
  t.equal((await command(['plugin', 'build', at('.')])).code, 0)
  t.same(wrong(await check(at('.'), '--no-conform')), [])
  writeFileSync(at('example/pipeline.test.yaml'), test("'no'"))
  const told = await check(at('.'), '--no-conform')
  t.match(told.checks.at(-1), { name: 'examples', problem: /pipeline\.test\.yaml: says it: / })
  writeFileSync(at('example/pipeline.yaml'), example.replace('a.txt', 'a.md'))
  t.match((await check(at('.'), '--no-conform')).checks.at(-1), { problem: /pipeline\.yaml: .*must end with \.txt/ })
})

t.test('a plugin that is another export than the root; an export that is not there', async (t) => {
  const exports = { '.': { types: './nodes.d.ts', default: './other.js' }, './nodes': GOOD.exports['.'] }
  const at = folderOf(t, {
    ...FILES,
    'package.json': JSON.stringify({ ...GOOD, exports }),
    'other.js': 'export const nothing = null\n',
    'anabranch.json': '{ "export": "./nodes" }',
  })
  t.equal((await command(['plugin', 'build', at('.')])).code, 0)
  t.same(wrong(await check(at('.'), '--no-conform')), [])
  writeFileSync(at('anabranch.json'), '{ "export": "./none" }')
  t.match(await command(['plugin', 'build', at('.')]), { code: 2, err: /does not export "\.\/none"/ })
})

const PROJECT = `[project]
name = "anabranch-plugin-says"
version = "1.0.0"
requires-python = ">=3.11"
license = "MIT"
keywords = ["anabranch-plugin"]
dependencies = ["anabranch>=0.1"]

[project.entry-points."anabranch.nodes"]
says = "says_nodes"
`
const PYTHON = {
  'pyproject.toml': PROJECT,
  LICENSE: 'MIT',
  'src/says_nodes/py.typed': '',
  'src/says_nodes/__init__.py': `class SaysNode:
    """Says it."""

    inputs = {"input": "text"}
    outputs = {"output": "text"}

    def execute(self, inputs: dict) -> dict:
        return {"output": inputs["input"]}
`,
}

t.test('Python: each check is green for a good package, and red for what it is about', async (t) => {
  const at = folderOf(t, PYTHON)
  t.same(wrong(await check(at('.'), '--no-conform')), ['description'])
  t.match(await command(['plugin', 'build', at('.')]), {
    code: 0,
    out: /says_nodes\/anabranch\.json describes SaysNode/,
  })
  t.match(await check(at('.')), { ok: true })
  for (const [from, to, names] of [
    ['"anabranch-plugin-says"', '"Anabranch_Plugin.Says"', []],
    ['"anabranch-plugin-says"', '"anabranch-says"', ['name']],
    [/requires-python[\s\S]*keywords.*/, '', ['keyword', 'licence', 'python']],
    ['"anabranch>=0.1"', '"numpy"', ['sdk']],
  ] as const) {
    writeFileSync(at('pyproject.toml'), PROJECT.replace(from, to))
    t.same(wrong(await check(at('.'), '--no-conform')), names, to)
  }
  writeFileSync(at('pyproject.toml'), `${PROJECT}more = "zero_nodes"\n`)
  t.match((await command(['plugin', 'check', at('.')])).err, /there is no module zero_nodes/)
  writeFileSync(at('pyproject.toml'), PROJECT)
  rmSync(at('src/says_nodes/py.typed'))
  writeFileSync(at('src/says_nodes/test_says.py'), '')
  t.same(wrong(await check(at('.'), '--no-conform')), ['tests', 'types'])
})
