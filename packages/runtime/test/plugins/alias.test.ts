import { join } from 'node:path'
import { createExecutor, loadManifest, type Manifest, parseManifest, validate } from '@anabranch/runtime'
import t from 'tap'
import { moduleOf, packageOf, pluginFolder } from './plugin-folder.ts'

/** A plugin with one node, `Same`, that adds a word to text. */
const says = (word: string) => moduleOf('Same').replace('output: input', `output: input + ' ${word}'`)

const files = {
  'one.js': says('one'),
  'two.js': says('two'),
  ...packageOf('anabranch-plugin-three', says('three')),
  'parts/part.yaml': `version: v1
plugins: [../two.js]
alias: { Second: { plugin: ../two.js, type: Same } }
inputs: { text: { kind: text } }
nodes: { s: { type: Second, in: { input: text } } }
outputs: { said: s.output }
`,
  'whole.yaml': `version: v1
plugins: [./one.js]
inputs: { text: { kind: text } }
nodes:
  part: { use: ./parts/part.yaml, in: { text: text } }
  first: { type: Same, in: { input: part.said } }
`,
  'other.yaml': `version: v1
plugins: [./one.js]
alias: { Second: { plugin: ./one.js, type: Same } }
inputs: { text: { kind: text } }
nodes:
  part: { use: ./parts/part.yaml, in: { text: text } }
  first: { type: Second, in: { input: part.said } }
`,
}

const head = `version: v1
plugins: [./one.js, ./two.js, anabranch-plugin-three]
inputs: { text: { kind: text } }
`
const NODES =
  'nodes: { a: { type: Same, in: { input: text } }, b: { type: Second, in: { input: a.output } }, c: { type: Third, in: { input: b.output } } }\n'
const ALIAS = `alias:
  Second: { plugin: ./two.js, type: Same }
  Third: { plugin: anabranch-plugin-three, type: Same }
`
const parsed = (text: string) => parseManifest(text, { file: 'pipeline.yaml', env: {} })
const options = { importMs: 0 }

async function said(manifest: Manifest, from: string, key: string): Promise<string> {
  const executor = await createExecutor(manifest, { ...options, from })
  try {
    return (await executor.execute({ text: 'says' } as never)).get(key as never) as unknown as string
  } finally {
    await executor.close()
  }
}

t.test('alias: two plugins with one type run in one pipeline, each by its name there', async (t) => {
  const from = pluginFolder(t, files)
  t.equal(await said(parsed(head + ALIAS + NODES), from, 'c.output'), 'says one two three')
  const threaded = (head + ALIAS + NODES).replace('type: Second,', 'type: Second, placement: { where: thread },')
  t.equal(await said(parsed(threaded), from, 'c.output'), 'says one two three', 'on a thread too')
})

t.test('alias: a type that is there twice is told with both plugins, and the alias that mends it', async (t) => {
  const from = pluginFolder(t, { ...files, 'two.js': says('two').replaceAll('of-Same', 'of-Two') })
  const { problems } = await validate(parsed(head + NODES), { ...options, from })
  t.match(problems[0], {
    code: 'ANB_PLUGIN',
    line: 2,
    message: /"Same" is there twice: from plugin "of-Same" and from plugin "of-Two"/,
    fix: /alias: \{ OtherSame: \{ plugin: '\.\/two\.js', type: Same \} \}/,
  })
})

t.test('alias: what names nothing is told where it stands', async (t) => {
  const from = pluginFolder(t, files)
  for (const [alias, message, fix] of [
    ['{ Second: { plugin: ./tow.js, type: Same } }', /plugins has no "\.\/tow\.js"; did you mean "\.\/two\.js"/, /two/],
    ['{ Second: { plugin: ./two.js, type: Sane } }', /has no node type "Sane"; did you mean "Same"/, /"Same"/],
    ['{ a-b: { plugin: ./two.js, type: Same } }', /"a-b" is no name/, /letter/],
  ] as const) {
    const { problems } = await validate(parsed(`${head}alias: ${alias}\n${NODES}`), { ...options, from })
    t.ok(
      problems.some((one) => one.line === 4 && message.test(one.message) && fix.test(one.fix ?? '')),
      JSON.stringify(problems),
    )
  }
  t.throws(() => parsed(`${head}alias: { Second: { plugin: ./two.js } }\n${NODES}`), { code: 'ANB_MANIFEST' })
  // In code there is no schema before.
  for (const alias of [{ A: { plugin: './one.js', type: 'Same' } }, { A: null }])
    t.match((await validate({ version: 'v1', alias, nodes: {} } as never, { from })).problems, [{ path: 'alias.A' }])
})

t.test('alias: one of a part comes along, and may not be another type outside', async (t) => {
  const from = pluginFolder(t, files)
  const whole = await loadManifest(join(from, 'whole.yaml'), { env: {} })
  t.equal(await said(whole, from, 'first.output'), 'says two one')
  await t.rejects(loadManifest(join(from, 'other.yaml'), { env: {} }), {
    message: /"Second" is another node type in .*part\.yaml: Same of .*two\.js/,
  })
})
