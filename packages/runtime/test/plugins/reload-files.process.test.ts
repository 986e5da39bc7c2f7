import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { definePlugin, text } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, type Manifest } from '@anabranch/runtime'
import t from 'tap'
import { rejected } from '../coded.ts'
import { mapNode } from '../nodes.ts'
import { pluginFolder } from './plugin-folder.ts'

/** Enough for a good one on a busy machine. */
const importMs = 20_000

/** A plugin whose node says what the module knows as `said`. */
const plugin = (lines: string) => `
import { defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
${lines}
const node = defineNode({
  type: 'Said', summary: 'Says something.', inputs: { input: text }, outputs: { output: text }, purity: 'pure',
  create: () => ({ execute: ({ input }) => ({ output: said + input }) }),
})
export default definePlugin({ name: 'said', apiVersion: 1, nodes: [node] })
`
const common = (lines: string) =>
  plugin(lines)
    .replace(/^import (.*) from (.*)$/gm, 'const $1 = require($2)')
    .replace('export default', 'module.exports =')

const pipeline = (file: string, options: object = {}) =>
  ({
    version: 'v1',
    plugins: [file],
    inputs: { given: { kind: 'text' } },
    nodes: { a: { type: 'Said', in: { input: 'given' }, ...options } },
  }) as unknown as Manifest

for (const [name, file, write, helper, helped] of [
  ['an ES module', 'said.js', plugin, 'word.js', 'export const said = '],
  ['a CommonJS module', 'said.cjs', common, 'word.cjs', 'exports.said = '],
  ['TypeScript', 'said.ts', plugin, 'word.ts', 'export const said: string = '],
  ['TypeScript that is not only types', 'said.mts', plugin, 'word.mts', 'enum One { One }\nexport const said = (One, '],
] as const)
  t.test(`reload: ${name}, and what it imports`, async (t) => {
    const from = pluginFolder(t, { [file]: write("const said = 'one '") })
    const executor = await createExecutor(pipeline(`./${file}`), { from, watch: true, importMs })
    const says = async () => (await executor.execute({ given: 'x' } as never)).get('a.output')
    t.equal(await says(), 'one x')
    t.match(executor.pluginFiles(), [{ file: join(from, file), imports: [], nodes: ['a'] }])
    const value = (word: string) => `${helped}'${word} '${helped.includes('(') ? ')' : ''}\n`
    writeFileSync(join(from, helper), value('two'))
    writeFileSync(join(from, file), write(`import { said } from './${helper}'`))
    t.same(await executor.reload(`./${file}`, { importMs }), ['a'])
    t.equal(await says(), 'two x')
    t.same(executor.pluginFiles()[0]?.imports, [join(from, helper)])
    writeFileSync(join(from, helper), value('three'))
    t.same(await executor.reload(helper, { importMs }), ['a'], 'by what it imports')
    t.equal(await says(), 'three x')
    const exported = helper.endsWith('.cjs') ? '' : 'export const said = 1'
    writeFileSync(join(from, helper), `throw new Error('half done')\n${exported}\n`)
    const { message } = await rejected('ANB_PLUGIN', executor.reload(file, { importMs }))
    t.match(message, new RegExp(`half done at .*${helper.replace('.', '\\.')}:1:\\d+`))
    t.equal(await says(), 'three x', 'the code before goes on')
    await executor.close()
  })

t.test('reload: what ends the process or loops at its import does it elsewhere', async (t) => {
  const from = pluginFolder(t, { 'said.js': plugin("const said = 'one '") })
  const executor = await createExecutor(pipeline('./said.js'), { from, importMs, watch: true })
  for (const [lines, told] of [
    ['process.exit(0)', /ended the process when it was imported \(exit code 0\)/],
    ['for (;;);', /did not come back from its import within 5000 ms/],
    ['await new Promise(() => {})', /waits forever at its top level|did not come back/],
  ] as const) {
    writeFileSync(join(from, 'said.js'), plugin(`const said = ''\n${lines}`))
    t.match((await rejected('ANB_PLUGIN', executor.reload('said.js', { importMs: 5000 }))).message, told)
    t.equal((await executor.execute({ given: 'x' } as never)).get('a.output'), 'one x')
  }
  await executor.close()
})

t.test('reload: nodes whose new code is not taken say so', async (t) => {
  const from = pluginFolder(t, { 'said.js': plugin("const said = 'one '") })
  const threaded = await createExecutor(pipeline('./said.js', { placement: { where: 'thread' } }), { from, importMs })
  const error = await rejected('ANB_NOT_AVAILABLE', threaded.reload('said.js', { importMs }))
  t.match(error.message, /node "a": it works on a thread/)
  t.match(error.fix, /leave placement out/)
  t.match((await rejected('ANB_PLUGIN', threaded.reload('other.js'))).message, /no node of this pipeline comes from/)
  t.match((await rejected('ANB_INPUTS', threaded.reload('said.js', { wait: 1 } as never))).message, /no option "wait"/)
  await threaded.close()
  const own = mapNode('Own', (value) => value)
  const literal = definePipeline({ inputs: { given: text }, nodes: { a: { type: own, in: { input: 'given' } } } })
  const carried = await createExecutor(literal)
  const again = definePlugin({ name: 'own', apiVersion: 1, nodes: [mapNode('Own', () => 'new')] })
  t.match((await rejected('ANB_NOT_AVAILABLE', carried.reload(again))).message, /defined in the pipeline itself/)
  await carried.close()
})
