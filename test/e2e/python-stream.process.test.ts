import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { createPythonPlugin, describeNodes, type PythonPlugin } from '@anabranch/nodes-python'
import { AudioBuffer, anything, audio, defineNode, number, type Value } from '@anabranch/plugin-sdk'
import { frameOf } from '@anabranch/plugin-sdk/host'
import { createExecutor, definePipeline, type Executor } from '@anabranch/runtime'
import t, { type Test, test } from 'tap'

const { NATS_URL: _, ...env } = process.env
const NODES = { modules: ['echo_nodes'], path: [fileURLToPath(new URL('../../e2e/nodes', import.meta.url))] }

/** One server for all of them; each node has a worker of its own. */
const echo: PythonPlugin = createPythonPlugin({ ...NODES, env, nodes: await describeNodes(NODES) })
t.teardown(() => echo.close())

const nodeOf = (plugin: PythonPlugin, type: string) => plugin.nodes.find(({ spec }) => spec.type === type)

/** An executor of a pipeline, whose keys are not known to the types. */
async function executorOf(t: Test, pipeline: object): Promise<Executor> {
  const executor = (await createExecutor(definePipeline(pipeline as never))) as unknown as Executor
  t.teardown(() => executor.close())
  return executor
}

/** A session of a pipeline of one Python node that is sent `given`. */
async function opened(t: Test, type: string, kind: object) {
  const nodes = { node: { type: nodeOf(echo, type), in: { input: 'given' } } }
  const executor = await executorOf(t, { inputs: { given: kind }, nodes })
  return executor.open()
}

/** What comes out of a session that is sent these. */
async function through(session: Awaited<ReturnType<typeof opened>>, values: Iterable<Value>): Promise<unknown[]> {
  const back: unknown[] = []
  const reading = (async () => {
    for await (const { value } of session.outputs) back.push(value)
  })()
  for (const given of values) await session.send({ given })
  await session.end()
  await reading
  return back
}

const FRAMES = 100_000
const SAMPLES = 960

/** Frame n: samples that follow from its number. */
function fill(samples: Float32Array, n: number): void {
  for (let index = 0; index < samples.length; index++) samples[index] = ((n * 7 + index * 13) % 2048) / 2048
}

const bytes = (samples: Float32Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)

const frames = defineNode({
  type: 'FramesNode',
  summary: 'Gives frames of a pool.',
  outputs: { output: audio },
  create: () => ({
    *source(context) {
      for (let n = 0; n < FRAMES; n++) {
        const output = context.audio(SAMPLES, 48_000)
        fill(output.samples, n)
        yield { output }
      }
    },
  }),
})

const THROUGH = `${FRAMES} frames of ${SAMPLES * 4} bytes through a Python node: all back, in order, unchanged`

t.setTimeout(300_000)

test(THROUGH, async (t) => {
  const expected = new Float32Array(SAMPLES)
  let came = 0
  let wrong = -1
  let most = 0
  const check = defineNode({
    type: 'CheckNode',
    summary: 'Compares each frame with the one that was sent.',
    inputs: { input: audio },
    create: () => ({
      execute({ input }) {
        fill(expected, came)
        if (wrong < 0 && !bytes(expected).equals(bytes(input.samples))) wrong = came
        if (++came % 1000 !== 0) return
        void echo.host.workers().then(([worker]) => {
          most = Math.max(most, worker?.inFlight ?? 0)
        })
      },
    }),
  })
  const nodes = {
    frames: { type: frames },
    echo: { type: nodeOf(echo, 'EchoAudioNode'), in: { input: 'frames.output' } },
    check: { type: check, in: { input: 'echo.output' } },
  }
  const executor = await executorOf(t, { nodes })
  const start = performance.now()
  const { ledger } = await executor.execute()
  t.comment(`${Math.round((FRAMES / (performance.now() - start)) * 1000)} frames/s, ${most} in flight`)
  t.match(ledger, { accepted: FRAMES, delivered: FRAMES, in_flight: 0, balanced: true })
  t.same([came, wrong], [FRAMES, -1])
  t.ok(most > 8 && most <= 32, `${most} in flight`)
  t.match(executor.frames(), { leased: [], stale: 0, double_released: 0 })
})

test('large values, empty arrays, text, nil come back as they were', async (t) => {
  const values: Value[] = [
    Float32Array.from({ length: 5 * 1024 * 1024 }, (_, index) => (index * 37) % 1001),
    { text: 'x'.repeat(3_000_000), list: ['a', 1, null] },
    new Float32Array(0),
    { data: new Int16Array(0), shape: [0, 3] },
    'Grüße, 流れ 🌊👩‍👩‍👧',
    '',
    null,
    [[], {}, [null]],
    -0,
    2 ** 53 - 1,
  ]
  const session = await opened(t, 'EchoNode', anything)
  const back = await through(session, values)
  t.equal(back.length, values.length)
  for (const [index, value] of values.entries()) t.ok(isDeepStrictEqual(back[index], value), `value ${index}`)
  t.match(session.ledger(), { balanced: true, in_flight: 0, delivered: values.length })
})

test('a stateful node gets its sets in order and one at a time, however many are on their way', async (t) => {
  const session = await opened(t, 'StepNode', number)
  const count = Array.from({ length: 500 }, (_, n) => n)
  t.same(
    await through(session, count),
    count.map((n) => ({ n, running: 1 })),
  )
})

test('outputs of a generator come while it works, and no more are made than anybody reads', async (t) => {
  const session = await opened(t, 'SlowCountNode', number)
  await session.send({ given: 1_000_000_000 })
  const back: unknown[] = []
  for await (const { value } of session.outputs) {
    back.push(value)
    if (back.length === 1000) break
  }
  t.same(
    back,
    Array.from({ length: 1000 }, (_, n) => n),
  )
  await session.cancel()
  t.match(session.ledger(), { balanced: true, in_flight: 0, accepted: 1 })
})

test('audio comes back in frames of the pool', async (t) => {
  const framed: boolean[] = []
  const look = defineNode({
    type: 'LookNode',
    summary: 'Tells whether it got a frame.',
    inputs: { input: audio },
    create: () => ({ execute: ({ input }) => void framed.push(frameOf(input) !== null) }),
  })
  const nodes = {
    echo: { type: nodeOf(echo, 'EchoAudioNode'), in: { input: 'given' } },
    look: { type: look, in: { input: 'echo.output' } },
  }
  const executor = await executorOf(t, { inputs: { given: audio }, nodes })
  await executor.execute({ given: new AudioBuffer(Float32Array.of(0.5, -0.5), 16_000) } as never)
  t.same(framed, [true])
})
