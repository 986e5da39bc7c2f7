import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeOperator } from '@anabranch/plugin-sdk'
import { createExecutor, loadPlugins, type Manifest } from '@anabranch/runtime'
import { from, lastValueFrom, type OperatorFunction, toArray } from 'rxjs'
import t from 'tap'

/** What a stranger has: a chain of operators, which knows nothing of us. */
const stranger = `import { distinctUntilChanged, filter, map, pipe, scan } from 'rxjs'
export const chain = pipe(
  filter((word) => word.length > 1),
  distinctUntilChanged(),
  scan((sentence, word) => [...sentence, word].slice(-3), []),
  map((words) => words.join(' ')),
)
`

/** What makes a plugin of it. */
const plugin = `import { definePlugin, operatorNode, text } from '@anabranch/plugin-sdk'
import { chain } from './chain.mjs'
const head = { type: 'LastWordsNode', summary: 'The last three words that are any.', lineage: 'each' }
const node = operatorNode({ ...head, input: text, output: text, operator: () => chain })
export default definePlugin({ name: 'last-words', apiVersion: 1, nodes: [node] })
`

const words = 'it was the the best of a times it it was a worst of times'.split(' ')
/** By hand. */
const expected = [
  'it',
  'it was',
  'it was the',
  'was the best',
  'the best of',
  'best of times',
  'of times it',
  'times it was',
  'it was worst',
  'was worst of',
  'worst of times',
]

t.test("a stranger's chain is a node in five lines, and a node is a stranger's operator in one", async (t) => {
  t.ok(plugin.trimEnd().split('\n').length <= 5, 'all of the file, imports included')
  // Inside the repository, so that packages are found as they are where they were installed.
  const folder = mkdtempSync(fileURLToPath(new URL('../stranger-', import.meta.url)))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'chain.mjs'), stranger)
  writeFileSync(join(folder, 'last-words.mjs'), plugin)
  const pipeline = {
    version: 'v1',
    plugins: ['./last-words.mjs'],
    inputs: { words: { kind: 'text' } },
    nodes: { last: { type: 'LastWordsNode', in: { input: 'words' } } },
  } as unknown as Manifest
  const executor = await createExecutor(pipeline, { from: folder, importMs: 0 })
  const session = await executor.open()
  const got: unknown[] = []
  session.outputs.subscribe(({ value }) => got.push(value))
  for (const word of words) await session.send({ words: word } as never)
  t.match(await session.end(), { accepted: 15, delivered: 11, filtered: 4, balanced: true })
  t.same(got, expected, 'in a pipeline')
  await executor.close()

  const [{ nodes: [node] = [] } = {}] = await loadPlugins(['./last-words.mjs'], { from: folder, importMs: 0 })
  const back = await lastValueFrom(
    from(words).pipe(nodeOperator(node as never) as OperatorFunction<string, string>, toArray()),
  )
  t.same(back, expected, 'in their pipe')
  const { chain } = (await import(join(folder, 'chain.mjs'))) as { chain: OperatorFunction<string, string> }
  t.same(await lastValueFrom(from(words).pipe(chain, toArray())), expected, 'as it was')
})
