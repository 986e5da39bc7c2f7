import { AudioBuffer, anything, defineNode, type NodeRef, text } from '@anabranch/plugin-sdk'
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

scenario('values arrive as they were sent: whole, of their type, and no more of them', async (t, stage) => {
  const large = new Float32Array(100_000).fill(1)
  const round: Record<string, unknown> = { n: 1 }
  round.self = round
  const values: unknown[] = [
    ...[0, -0, Number.NaN, 12n, 'text', '', null, true, [1, [2, { three: undefined }]], { a: 1, b: undefined }],
    ...[new Date(5), /x/gi, new Map([['a', new Set([1])]]), new Uint8Array([1, 2]), new RangeError('kept')],
    ...[new DataView(new ArrayBuffer(4), 1, 2), new Int16Array(new SharedArrayBuffer(4)), { deep: { none: null } }],
    { parts: [large.subarray(10, 12), Buffer.from('bytes')] },
    round,
  ]
  const { outputs, ledger } = await run(stage, one(statefulFaulty, thread), values)
  t.equal(ledger.delivered, values.length)
  t.same(outputs.slice(0, -2), values.slice(0, -2))
  t.ok(Object.is(outputs[1], -0))
  const { parts } = outputs.at(-2) as { parts: [Float32Array, Uint8Array] }
  t.same([...parts[0]], [1, 1])
  t.equal(parts[0].buffer.byteLength, 8, 'not the memory that it was a view of')
  t.equal(new TextDecoder().decode(parts[1]), 'bytes')
  const back = outputs.at(-1) as typeof round
  t.equal(back.self, back)
})

scenario('audio within a value is audio on the other side', async (t, stage) => {
  const buffer = new AudioBuffer(new Float32Array([1, 2, 3, 4]), 8000, 2)
  const { outputs } = await run(stage, one(statefulFaulty, thread), [{ list: [buffer], same: buffer.slice(1) }])
  const { list, same } = outputs[0] as { list: AudioBuffer[]; same: AudioBuffer }
  t.ok(list[0] instanceof AudioBuffer && same instanceof AudioBuffer)
  t.same([...(list[0]?.samples ?? []), list[0]?.sampleRate, list[0]?.channels], [1, 2, 3, 4, 8000, 2])
  t.same([...same.samples], [3, 4])
  t.equal(same.samples.buffer.byteLength, 8)
})
