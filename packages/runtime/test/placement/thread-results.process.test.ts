import { anything, defineNode, type NodeRef, text } from '@anabranch/plugin-sdk'
import { definePipeline, type Pipeline } from '@anabranch/runtime'
import t from 'tap'
import { rejected } from '../coded.ts'
import { pairNode } from '../nodes.ts'
import { type Stage, scenario } from '../scenario.ts'
import { known, plugins, thread } from './on-thread.ts'
import {
  badPrepare,
  controlled,
  counting,
  later,
  left,
  right,
  statefulFaulty,
  upToInput,
  upToInputLater,
} from './thread-nodes.ts'

t.jobs = 1

const one = (type: NodeRef, options: object) =>
  definePipeline({
    plugins,
    inputs: { mic: anything },
    nodes: { a: { type, in: { input: 'mic' }, ...options } },
  } as never) as Pipeline

/** All outputs of a session that was sent these. */
async function run(stage: Stage, pipeline: Pipeline, sent: readonly unknown[]) {
  const session = await stage.open(pipeline, known)
  const outputs: unknown[] = []
  session.outputs.subscribe(({ value }) => outputs.push(value))
  for (const mic of sent) await session.send({ mic: mic as never })
  return { outputs, ledger: await session.end() }
}

const numbers = Array.from({ length: 30 }, (_, n) => n)
for (const [what, type, sent] of [
  ['one output each, and a flush', counting, numbers],
  ['promises, several at once', later, numbers],
  ['iterables', upToInput, [3, 0, 1, 40, 2]],
  ['async iterables', upToInputLater, [3, 0, 1, 40, 2]],
] as const)
  scenario(`a thread gives what the node gives inline: ${what}`, async (t, stage) => {
    const inline = await run(stage, one(type, {}), sent)
    t.ok(inline.outputs.length > 0)
    t.same(await run(stage, one(type, thread), sent), inline)
  })

scenario('an iterable that is longer than what is given ahead is pulled, not pushed', async (t, stage) => {
  const session = await stage.open(one(upToInput, thread), known)
  await session.send({ mic: 1_000_000 })
  const got: unknown[] = []
  for await (const { value } of session.outputs) if (got.push(value) === 100) break
  t.same(
    got,
    Array.from({ length: 100 }, (_, n) => n),
  )
  await session.cancel()
})

scenario('a thread serves one session after the other, reset between them', async (t, stage) => {
  const executor = await stage.executor(one(counting, thread), known)
  for (let round = 0; round < 3; round++) {
    const results = await executor.execute({ mic: 'x' })
    t.same(results.all('a.output' as never), [
      ['x', 1],
      ['end', 1],
    ])
  }
})

scenario('two nodes on threads are at work at the same time', async (t, stage) => {
  const pipeline = definePipeline({
    plugins,
    inputs: { mic: anything },
    nodes: {
      left: { type: left, in: { input: 'mic' }, ...thread },
      right: { type: right, in: { input: 'mic' }, ...thread },
      pair: { type: pairNode('Pair'), in: { left: 'left.output', right: 'right.output' } },
    },
  })
  const executor = await stage.executor(pipeline, known)
  const results = await executor.execute({ mic: new Int32Array(new SharedArrayBuffer(4)) })
  t.same(results.get('pair.output'), ['met', 'met'])
})

scenario('a join of a thread with an inline branch keeps the pairs', async (t, stage) => {
  const tenfold = defineNode({
    type: 'Tenfold',
    summary: 'Ten times.',
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({ execute: ({ input }) => ({ output: 10 * (input as number) }) }),
  })
  const pipeline = definePipeline({
    plugins,
    inputs: { mic: anything },
    nodes: {
      slow: { type: later, in: { input: 'mic' }, ...thread },
      fast: { type: tenfold, in: { input: 'mic' } },
      pair: { type: pairNode('Pair'), in: { left: 'slow.output', right: 'fast.output' } },
    },
  })
  const { outputs } = await run(stage, pipeline as unknown as Pipeline, numbers)
  t.same(
    outputs,
    numbers.map((n) => [n, 10 * n]),
  )
})

scenario('what a node logs and counts on its thread is told here', async (t, stage) => {
  const executor = await stage.executor(one(statefulFaulty, thread), known)
  const session = await executor.open()
  session.outputs.subscribe()
  for (const say of ['log', 'count', 'count']) await session.send({ mic: { say } })
  await session.end()
  t.match(stage.log, [
    { node: 'a', session: session.id, from: 'a thread', msg: 'said', err: { type: 'Error', message: 'shown' } },
  ])
  t.equal(executor.metrics().nodes.a?.custom.seen, 4)
})

scenario('a message to a node on a thread is ahead of its data', async (t, stage) => {
  const pipeline = definePipeline({
    plugins,
    inputs: { mic: text },
    nodes: { a: { type: controlled, in: { input: 'mic' }, ...thread } },
  })
  const session = await stage.open(pipeline, known)
  const outputs = session.outputs[Symbol.asyncIterator]()
  await session.send({ mic: 'a' })
  t.match(await outputs.next(), { value: { value: 'a' } })
  session.control('a', '!')
  await session.send({ mic: 'b' })
  t.match(await outputs.next(), { value: { value: 'b!' } })
  await session.cancel()
})

scenario('what prepare throws on a thread refuses the session', async (t, stage) => {
  const executor = await stage.executor(one(badPrepare, thread), known)
  const error = await rejected('ANB_NODE_EXECUTION', executor.open())
  t.match(error, { nodeId: 'a', message: /no model here/, cause: { message: 'no model here' } })
  t.match((error.cause as Error).stack, /thread-nodes/)
})

scenario('an error on a thread arrives with its name, its cause and its place', async (t, stage) => {
  const letters: { error: Error }[] = []
  const session = await stage.open(one(statefulFaulty, { ...thread, on_error: 'dead-letter' }), {
    ...known,
    onDeadLetter: (letter) => letters.push(letter as never),
  })
  session.outputs.subscribe()
  await session.send({ mic: { say: 'throw' } })
  await session.send({ mic: 1 })
  t.match(await session.end(), { delivered: 1, dead_lettered: 1 })
  t.match(letters, [
    {
      error: {
        code: 'ANB_NODE_EXECUTION',
        nodeId: 'a',
        cause: { name: 'RangeError', message: 'thrown on purpose', cause: 'the cause', stack: /thread-nodes/ },
      },
    },
  ])
})

for (const [what, mic] of [
  ['an output with a function in it', { say: 'function' }],
  ['an output of a class', { say: 'class' }],
  ['an input with a function in it', { f: () => 1 }],
  ['an input that only the clone itself refuses', { proxy: new Proxy({}, {}) }],
] as const)
  scenario(`what cannot go from thread to thread is refused: ${what}`, async (t, stage) => {
    const errors: Error[] = []
    const session = await stage.open(one(statefulFaulty, { ...thread, on_error: 'dead-letter' }), {
      ...known,
      onDeadLetter: ({ error }) => errors.push(error as never),
    })
    const outputs: unknown[] = []
    session.outputs.subscribe(({ value }) => outputs.push(value))
    for (const each of [1, mic, 2]) await session.send({ mic: each })
    t.match(await session.end(), { delivered: 2, dead_lettered: 1 })
    t.same(outputs, [1, 2])
    t.match(errors, [{ code: 'ANB_MARSHALING', nodeId: 'a', fix: /plain data/ }])
  })
