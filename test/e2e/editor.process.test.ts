import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { anabranch, root } from './command.ts'
import { openEditor } from './language-server.ts'

t.setTimeout(120_000)

const HEAD = '# yaml-language-server: $schema=./.anabranch/schema.json\n'
const PIPELINE = `${HEAD}version: v1
plugins: ['@anabranch/nodes-native', ./nodes/count.mjs]
inputs: { mic: { kind: audio } }
nodes:
  quiet: { type: GainNode, params: { db: -6 }, in: { input: mic } }
  speech: { type: VADNode, in: { input: quiet.output } }
  count: { type: CountNode, in: { input: speech.segment } }
`
const PLUGIN = `import { anything, defineNode, definePlugin, number } from '@anabranch/plugin-sdk'
const count = defineNode({
  type: 'CountNode', summary: 'Counts what comes.', inputs: { input: anything }, outputs: { total: number },
  create: () => { let total = 0; return { execute: () => ({ total: ++total }) } },
})
export default definePlugin({ name: 'count', apiVersion: 1, nodes: [count] })
`

/** The command in a folder, as somebody would write it there. */
const schema = (folder: string) =>
  anabranch(folder.slice(root.length), ['schema', 'pipeline.yaml', '--out', '.anabranch/schema.json'])

/** A folder with a pipeline and a plugin of its own. */
function folderWith(t: Test, pipeline: string): string {
  const folder = mkdtempSync(join(root, 'test', '.build', 'editor-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'nodes'))
  writeFileSync(join(folder, 'nodes', 'count.mjs'), PLUGIN)
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline)
  return folder
}

const labels = (found: readonly { readonly label: string }[]) => found.map(({ label }) => label)
const words = (documentation: unknown) =>
  typeof documentation === 'string' ? documentation : String((documentation as { value?: string } | undefined)?.value)

t.test('yaml-language-server: completions, hovers and diagnostics by the schema of one pipeline', async (t) => {
  const folder = folderWith(t, PIPELINE)
  t.match(await schema(folder), { code: 0, out: /schema\.json: \d+ node types, 6 sources for in:\n/ })
  const file = await openEditor(t, folder)

  t.same(await file.diagnose(PIPELINE), [], 'nothing is wrong')

  const types = await file.complete(PIPELINE.replace('GainNode', '|'))
  t.ok(labels(types).includes('GainNode'), 'node types that come along')
  t.ok(labels(types).includes('CountNode'), 'and those of the plugins of this file')
  t.match(words(types.find(({ label }) => label === 'CountNode')?.documentation), /Counts what comes/)

  const params = await file.complete(PIPELINE.replace('db: -6', 'd|'))
  t.same(labels(params).sort(), ['db', 'in_place'], 'the params of this type alone')
  t.match(words(params.find(({ label }) => label === 'db')?.documentation), /dB[\s\S]*default 0/)

  const qualities = await file.complete(
    PIPELINE.replace('GainNode, params: { db: -6 }', 'AudioResampleNode, params: { output_rate: 16000, quality: m| }'),
  )
  for (const quality of ['low', 'medium', 'high']) t.ok(labels(qualities).includes(quality), quality)

  const keys = await file.complete(PIPELINE.replace('input: quiet.output', 'i|'))
  t.same(labels(keys), ['input'], 'the input keys of this type alone')

  const sources = await file.complete(PIPELINE.replace('quiet.output', 'q|'))
  t.same(
    labels(sources).sort(),
    ['count.total', 'mic', 'quiet.output', 'speech.output', 'speech.probability', 'speech.segment'],
    'what is in this file, and nothing else',
  )
  t.match(words(sources.find(({ label }) => label === 'speech.segment')?.documentation), /of VADNode/)

  t.match(await file.hover(PIPELINE.replace('db:', 'd|b:')), /gain.*dB[\s\S]*number[\s\S]*default 0/i)
  t.match(await file.hover(PIPELINE.replace('CountNode', 'Count|Node')), /Counts what comes/)
  t.match(await file.hover(PIPELINE.replace('input: quiet.output', 'in|put: quiet.output')), /audio/)
  t.match(await file.hover(PIPELINE.replace('plugins', 'plug|ins')), /Packages and files whose nodes are used/)

  t.match(await file.diagnose(PIPELINE.replace('db: -6', 'dbs: -6')), [{ message: /dbs is not allowed/, at: 'dbs' }])
  t.match(await file.diagnose(PIPELINE.replace('db: -6', 'db: loud')), [{ message: /number/, at: 'loud' }])
  t.match(await file.diagnose(PIPELINE.replace('db: -6', 'db: 600')), [{ message: /maximum of 60/, at: '600' }])
  t.match(await file.diagnose(PIPELINE.replace('GainNode', 'GianNode')), [{ message: /not accepted/, at: 'GianNode' }])
  t.match(await file.diagnose(PIPELINE.replace('{ input: mic }', '{ inputs: mic }')), [
    { message: /inputs is not allowed/, at: 'inputs' },
  ])
  t.match(await file.diagnose(PIPELINE.replace('speech.segment', 'speech.segments')), [
    { message: /not accepted[\s\S]*speech\.segment/, at: 'speech.segments' },
  ])
  t.match(await file.diagnose(PIPELINE.replace('input: mic', 'input: { from: mike, policy: drop-oldest }')), [
    { message: /not accepted[\s\S]*mic/, at: 'mike' },
  ])
  t.same(await file.diagnose(PIPELINE.replace('db: -6', `db: '\${param:db}'`)), [], 'a placeholder is no mistake')
})

t.test('a pipeline that is only begun, and one that is no YAML', async (t) => {
  const begun = `${HEAD}version: v1
plugins: ['\${env:MORE}']
nodes:
  a: { type: GainNode }
  theirs: { type: TheirNode }
  b:
    type: LevelNode
    in:
      input:
`
  const folder = folderWith(t, begun)
  t.match(await schema(folder), { code: 0, err: '' })
  const file = await openEditor(t, folder)
  t.same(labels(await file.complete(begun.replace('input:', 'input: |'))).sort(), [
    'a.output',
    'b.level',
    'b.output',
    'b.summary',
  ])
  t.match(await file.diagnose(begun.replace('input:', 'input: b.sum')), [{ message: /not accepted/, at: 'b.sum' }])
  t.same(await file.diagnose(begun.replace('input:', 'input: theirs.any')), [], 'nobody here knows what it gives')

  // The schema follows when it is made again, and an editor hears of it.
  const written = join(folder, '.anabranch', 'schema.json')
  const more = begun
    .replace('  b:', '  c: { type: GainNode, in: { input: a.output } }\n  b:')
    .replace('input:\n', 'input: c.output\n')
  t.match(await file.diagnose(more), [{ message: /not accepted/, at: 'c.output' }])
  writeFileSync(join(folder, 'pipeline.yaml'), more)
  t.match(await schema(folder), { code: 0 })
  await file.changed(written)
  t.same(await file.diagnose(more), [])

  const before = readFileSync(written, 'utf8')
  writeFileSync(join(folder, 'pipeline.yaml'), 'version: v1\nnodes: { a: [ }\n')
  t.match(await schema(folder), { code: 3, err: /ANB_MANIFEST/ })
  t.equal(readFileSync(written, 'utf8'), before, 'the schema stays as it was')
})
