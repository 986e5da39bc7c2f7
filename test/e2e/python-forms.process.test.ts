import { join } from 'node:path'
import { createPythonPlugin, describeNodes } from '@anabranch/nodes-python'
import { defineNode, number } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, parseManifest, type Session } from '@anabranch/runtime'
import { pino } from 'pino'
import { type Test, test } from 'tap'

const from = join(import.meta.dirname, '..', '..', 'e2e', 'python')
const pipeline = (text: string) =>
  parseManifest(`version: v1\nplugins: [./form_nodes.py]\n${text}`, { file: 'pipeline.yaml', env: {} })

async function open(t: Test, text: string, onLine: (line: string) => void = () => undefined) {
  const log = pino({}, { write: (line: string) => onLine(JSON.parse(line).msg) })
  const executor = await createExecutor(pipeline(text), { from, log })
  t.teardown(() => executor.close())
  return executor.open()
}

async function outputs(session: Session, send: () => Promise<void> = async () => undefined) {
  const found: [string, unknown, number][] = []
  session.outputs.subscribe(({ from: key, value, envelope }) => found.push([key, value, envelope.pts]))
  await send()
  const ledger = await session.end()
  return { found, ledger }
}

test('a source, a stream and a flush of a Python file, in one graph: exact outputs, a balanced ledger', async (t) => {
  const session = await open(
    t,
    `nodes:
  count: { type: CountSource, params: { to: 100 } }
  mean: { type: MeanNode, in: { input: count.output } }
  sum: { type: SumNode, in: { input: count.output } }`,
  )
  const { found, ledger } = await outputs(session)
  const means = found.filter(([key]) => key === 'mean.output').map(([, value]) => value)
  t.same(means, [...Array.from({ length: 33 }, (_, index) => 3 * index + 1), 99])
  t.same(
    found.filter(([key]) => key === 'sum.output').map(([, value]) => value),
    [4950],
  )
  t.match(ledger, { accepted: 100, in_flight: 0, failed: 0, balanced: true })
})

test('a stream says the media time of its outputs', async (t) => {
  const session = await open(
    t,
    `inputs: { number: { kind: number } }
nodes: { mean: { type: MeanNode, in: { input: number } } }`,
  )
  const { found } = await outputs(session, async () => {
    for (let at = 0; at < 6; at++) await session.send({ number: at }, { pts: at * 1000 })
  })
  t.same(
    found.map(([, value, pts]) => [value, pts]),
    [
      [1, 2000],
      [4, 5000],
    ],
  )
})

test('a stream that asks for its next set does not wait until all the others had their turn', async (t) => {
  const SETS = 60
  let worked = 0
  const heavy = defineNode({
    type: 'HeavyNode',
    summary: 'Holds the thread for 2 ms.',
    inputs: { input: number },
    create: () => ({
      execute: () => {
        worked++
        for (const until = performance.now() + 2; performance.now() < until; );
      },
    }),
  })
  const source = defineNode({
    type: 'NumbersSource',
    summary: 'Counts.',
    outputs: { output: number },
    create: () => ({
      *source() {
        for (let at = 0; at < SETS; at++) yield { output: at }
      },
    }),
  })
  const beside = Array.from({ length: 6 }, (_, at) => [`heavy${at}`, { type: heavy, in: { input: 'count.output' } }])
  const python = { modules: ['form_nodes'], path: [from] }
  const plugin = createPythonPlugin({ ...python, nodes: await describeNodes(python) })
  t.teardown(() => plugin.close())
  const mean = plugin.nodes.find(({ spec }) => spec.type === 'MeanNode')
  const nodes = { count: { type: source }, mean: { type: mean, in: { input: 'count.output' } } }
  const executor = await createExecutor(definePipeline({ nodes: { ...nodes, ...Object.fromEntries(beside) } } as never))
  t.teardown(() => executor.close())
  const session = await executor.open()
  const before: number[] = []
  session.outputs.subscribe(() => before.push(worked))
  t.match(await session.end(), { accepted: SETS, in_flight: 0, balanced: true })
  t.equal(before.length, SETS / 3)
  // One that holds the thread is between two sets of the stream, and now and then a second: all six would be 360.
  t.ok((before.at(-1) as number) < 4 * SETS, `the last mean came after ${before.at(-1)} sets of the others`)
})

test('a control reaches the node, and a session begins with a node that has forgotten', async (t) => {
  const executor = await createExecutor(
    pipeline(`inputs: { number: { kind: number } }
nodes: { sum: { type: SumNode, in: { input: number } } }`),
    { from },
  )
  t.teardown(() => executor.close())
  for (const [factor, expected] of [
    [10, 30],
    [1, 3],
  ] as const) {
    const session = await executor.open()
    if (factor !== 1) session.control('sum', { factor })
    await session.send({ number: 1 })
    await session.send({ number: 2 })
    const { found } = await outputs(session)
    t.same(
      found.map(([, value]) => value),
      [expected],
    )
  }
})

test('an interruption cancels the coroutine in Python, which goes on with the next set', async (t) => {
  let waiting: () => void = () => undefined
  const seen = new Promise<void>((resolve) => {
    waiting = resolve
  })
  const session = await open(
    t,
    `inputs: { text: { kind: text } }
nodes: { wait: { type: WaitNode, in: { input: text } } }`,
    (line) => line === 'waiting' && waiting(),
  )
  await session.send({ text: 'wait' })
  await seen
  session.interrupt()
  await session.send({ text: 'go on' })
  const { found, ledger } = await outputs(session)
  t.same(
    found.map(([, value]) => value),
    ['cancelled'],
  )
  t.match(ledger, { accepted: 2, delivered: 1, cancelled: 1, balanced: true })
})
