import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createExecutor, type Manifest, parseManifest, validate } from '@anabranch/runtime'
import t, { type Test } from 'tap'
import { pluginFolder } from './plugin-folder.ts'

// What is known of files is kept there.
process.env.ANABRANCH_CACHE = mkdtempSync(join(tmpdir(), 'anabranch-cache-'))
t.teardown(() => rmSync(process.env.ANABRANCH_CACHE as string, { recursive: true, force: true }))

/** Each node that is made is counted. Its schema has a rule that no JSON Schema can say. */
const counting = (type: string, more = '') => `
import { defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
import { suffix } from './suffix.js'
const even = ({ n = 0 }) =>
  n % 2 === 0 ? { value: { n } } : { issues: [{ message: 'n must be even', path: ['n'] }] }
const node = defineNode({
  type: '${type}', summary: 'Adds.', purity: 'pure', inputs: { input: text }, outputs: { output: text },
  params: { '~standard': { version: 1, vendor: 'test', validate: even } },
  ${more}
  create: ({ n }) => {
    globalThis.made = (globalThis.made ?? 0) + 1
    return { delayUs: 5, execute: ({ input }) => ({ output: input + suffix + n }) }
  },
})
export default definePlugin({ name: 'of-${type}', apiVersion: 1, nodes: [node] })
`

const files = {
  'adds.js': counting('Adds'),
  'rules.js': counting('Rules', 'formats: () => ({}),'),
  'twice.js': counting('Adds'),
  'suffix.js': "export const suffix = '!'",
}

const pipeline = (node: string, plugins: string, inputs = '{ said: { kind: text } }'): Manifest =>
  parseManifest(
    `version: v1\nplugins: [${plugins}]\ninputs: ${inputs}\nnodes: { a: { ${node}, in: { input: said } } }\n`,
    {
      file: 'pipeline.yaml',
      env: {},
    },
  )

const counted = () => (globalThis as { made?: number }).made ?? 0

/** What validate says, and how many nodes it made. */
async function said(manifest: Manifest, from: string, importMs = 8000) {
  const before = counted()
  const validation = await validate(manifest, { from, importMs })
  return { validation, made: counted() - before }
}

/** What is known of its files is not asked for where nothing is tried first. */
const without = async (manifest: Manifest, from: string) => (await said(manifest, from, 0)).validation

async function known(t: Test) {
  const from = pluginFolder(t, files)
  const manifest = pipeline('type: Adds, params: { n: 2 }, placement: { where: thread }', './adds.js')
  t.equal((await said(manifest, from)).made, 1, 'made, and kept')
  return { from, manifest }
}

t.test('a node that was made well is not made again to be checked, and the answer is the same', async (t) => {
  const { from, manifest } = await known(t)
  const again = await said(manifest, from)
  t.equal(again.made, 0)
  t.ok(again.validation.ok)
  t.same(again.validation, await without(manifest, from))
})

for (const [what, node, plugins, inputs] of [
  ['params that only its code can refuse', 'type: Adds, params: { n: 3 }', './adds.js'],
  ['other params', 'type: Adds, params: { n: 4 }', './adds.js'],
  ['a type that is not there', 'type: Ads', './adds.js'],
  ['params of another version', 'type: Adds, params_version: 2, params: { n: 2 }', './adds.js'],
  ['an input of another kind', 'type: Adds, params: { n: 2 }', './adds.js', '{ said: { kind: audio } }'],
  ['another plugin with the same type', 'type: Adds, params: { n: 2 }', './adds.js, ./twice.js'],
] as const)
  t.test(`what is known changes no answer: ${what}`, async (t) => {
    const { from } = await known(t)
    const manifest = pipeline(node, plugins, inputs)
    const { validation } = await said(manifest, from)
    t.same(validation, await without(manifest, from))
    t.equal(validation.ok, what === 'other params')
  })

for (const name of ['adds.js', 'suffix.js'])
  t.test(`it is made again when ${name} is another`, async (t) => {
    const { from, manifest } = await known(t)
    t.equal((await said(manifest, from)).made, 0)
    appendFileSync(join(from, name), '\n// changed')
    t.equal((await said(manifest, from)).made, 1)
  })

t.test('a node with rules of its own for formats is made each time', async (t) => {
  const from = pluginFolder(t, files)
  const manifest = pipeline('type: Rules, params: { n: 2 }', './rules.js')
  t.equal((await said(manifest, from)).made, 1)
  t.equal((await said(manifest, from)).made, 1)
})

t.test('what is run is the plugin itself', async (t) => {
  const { from } = await known(t)
  const manifest = pipeline('type: Adds, params: { n: 2 }', './adds.js')
  const executor = await createExecutor(manifest, { from, importMs: 8000 })
  t.teardown(() => executor.close())
  t.equal((await executor.execute({ said: 'hey' })).get('output'), 'hey!2')
})
