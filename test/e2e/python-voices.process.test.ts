import { join } from 'node:path'
import { PythonError } from '@anabranch/plugin-sdk'
import { createExecutor, parseManifest } from '@anabranch/runtime'
import { pino } from 'pino'
import { type Test, test } from 'tap'

const from = join(import.meta.dirname, '..', '..', 'e2e', 'python')

interface Line {
  readonly level: number
  readonly time: number
  readonly node?: string
  readonly logger?: string
  readonly msg: string
}

/** Two nodes, each in a process of its own; what the first is told, and every line of pino. */
async function open(t: Test) {
  const text = `version: v1
plugins: [./voice_nodes.py]
inputs: { word: { kind: text } }
nodes:
  speaker: { type: VoiceNode, in: { input: word } }
  other: { type: VoiceNode, in: { input: word } }`
  const lines: Line[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const pipeline = parseManifest(text, { file: 'pipeline.yaml', env: {} })
  const executor = await createExecutor(pipeline, { from, log })
  t.teardown(() => executor.close())
  const session = await executor.open()
  const outputs = session.outputs[Symbol.asyncIterator]()
  /** Until both have answered. */
  const say = async (word: string) => {
    await session.send({ word } as never)
    for (let answers = 0; answers < 2; answers++) t.match(await outputs.next(), { value: { value: 'done' } })
  }
  const linesOf = (node: string) => lines.filter((line) => line.node === node && line.logger !== undefined)
  return { session, say, linesOf }
}

test('what Python prints and logs arrives as pino lines of its node', async (t) => {
  const { session, say, linesOf } = await open(t)
  await say('print')
  await say('log')
  await session.end()
  for (const node of ['speaker', 'other'])
    t.match(linesOf(node), [
      { level: 30, logger: 'print', msg: 'printed' },
      { level: 30, logger: 'print', msg: 'in two lines' },
      { level: 40, logger: 'speech', msg: '1 of 2' },
      { level: 50, logger: node, msg: 'by its own log' },
    ])
})

test('a line of a node that blocks arrives while it blocks', async (t) => {
  const { session, say, linesOf } = await open(t)
  await say('block')
  const answered = Date.now()
  await session.end()
  for (const node of ['speaker', 'other']) {
    const [line] = linesOf(node)
    t.equal(line?.msg, 'before it blocks')
    t.ok(answered - (line?.time ?? answered) > 2000, `${answered - (line?.time ?? answered)} ms before its answer`)
  }
})

test('a traceback arrives as PythonError, with the frames of Python and the id of the node', async (t) => {
  const { session } = await open(t)
  session.outputs.subscribe()
  await session.send({ word: 'fail' } as never)
  const error = await session.end().then(
    () => null,
    (reason: unknown) => reason,
  )
  t.ok(error instanceof PythonError)
  t.match(error, { code: 'ANB_PYTHON', message: /ZeroDivisionError: division by zero/, nodeId: /^(speaker|other)$/ })
  const frames = [
    .../voice_nodes\.py", line \d+, in (\w+)/g[Symbol.matchAll](error instanceof PythonError ? error.traceback : ''),
  ]
  t.same(
    frames.map(([, name]) => name),
    ['execute', 'divide'],
  )
})
