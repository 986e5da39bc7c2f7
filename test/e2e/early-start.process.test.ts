import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createExecutor } from '@anabranch/runtime'
import { test } from 'tap'
import { anabranch, root } from './command.ts'
import { newMark, processesLeft, processesWith } from './traces.ts'

const KEYWORD = { type: 'KeywordNode', runtime_hint: 'python', params: { words: ['anabranch'] }, in: { input: 'line' } }
const pipeline = (keyword: object = KEYWORD) =>
  ({
    version: 'v1',
    plugins: ['@anabranch/nodes-python'],
    inputs: { line: { kind: 'text' } },
    nodes: { keyword },
  }) as never
const from = join(root, 'test')

const mark = newMark()
process.env[mark.name] = mark.value
/** The Python processes of this one and of what it started. */
const mine = () => processesWith(mark).filter(({ command }) => command.includes('-m anabranch'))

test('a Python process is started beside the check, and the first node gets it', async (t) => {
  const executor = await createExecutor(pipeline(), { from, early: true })
  t.teardown(() => executor.close())
  const early = mine()
  t.equal(early.length, 1, 'before anything is opened')
  const session = await executor.open()
  t.same(mine(), early, 'no other one was started')
  await session.close()
  await executor.close()
  t.same(mine(), [])
})

test('without being asked for, nothing starts before a session', async (t) => {
  const executor = await createExecutor(pipeline(), { from })
  t.same(mine(), [])
  await executor.close()
})

test('what was started ends with an executor that is never opened', async (t) => {
  const executor = await createExecutor(pipeline(), { from, early: true })
  t.equal(mine().length, 1)
  await executor.close()
  t.same(mine(), [])
})

test('a check that fails says the same, and leaves no process', async (t) => {
  const wrong = pipeline({ ...KEYWORD, params: { word: ['anabranch'] } })
  const said = (early: boolean) =>
    createExecutor(wrong, { from, early }).then(
      () => t.fail('it was taken'),
      ({ code, message }) => ({ code, message }),
    )
  t.same(await said(true), await said(false))
  t.same(mine(), [])
})

test('a plugin that never comes back from its import is told, and leaves no process', async (t) => {
  const folder = mkdtempSync(join(root, 'test', '.build', 'early-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'waits.mjs'), 'await new Promise(() => {})\n')
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    `version: v1
plugins: ["@anabranch/nodes-python", ./waits.mjs]
inputs: { line: { kind: text } }
nodes:
  keyword: ${JSON.stringify(KEYWORD)}
`,
  )
  const { code, err } = await anabranch(relative(root, folder), ['run', 'pipeline.yaml', '-i', '-'])
  t.match({ code, err }, { code: 3, err: /ANB_PLUGIN .*waits\.mjs.* waits forever at its top level/ })
  t.same(await processesLeft(mark), [])
})

test('the command starts Python by the text alone, and leaves no process where no node needs it', async (t) => {
  const folder = mkdtempSync(join(root, 'test', '.build', 'early-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const used = {
    version: 'v1',
    plugins: ['@anabranch/nodes-python', '@anabranch/runtime/nodes'],
    inputs: { line: { kind: 'text' } },
  }
  const lines = { type: 'BatchNode', params: { count: 2 }, in: { input: 'line' } }
  const run = async (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    const { code } = await anabranch(relative(root, folder), ['run', name, '-i', '-', '--json'])
    t.same(await processesLeft(mark), [], name)
    return code
  }
  t.equal(await run('other.yaml', JSON.stringify({ ...used, nodes: { lines } })), 0)
  t.equal(await run('broken.yaml', 'plugins: ["@anabranch/nodes-python"\n'), 3)
  t.equal(await run('keyword.yaml', JSON.stringify({ ...used, nodes: { keyword: KEYWORD } })), 0)
})
