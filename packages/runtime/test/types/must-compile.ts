// What composers write. Not run: only compiled.
import {
  AudioBuffer,
  audio,
  definePlugin,
  type Envelope,
  isAnabranchError,
  type NodeExecutor,
  type NodeInputs,
  NodeOutputs,
} from '@anabranch/plugin-sdk'
import { clip } from '@anabranch/plugin-sdk/testing'
import {
  createExecutor,
  definePipeline,
  duplex,
  type Ledger,
  type Manifest,
  type Metrics,
  Registry,
} from '@anabranch/runtime'
import { caption, chunker, gain, gate, settled, transcribe } from './nodes.ts'

/** Fails to compile where the two types differ. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never
const same = <A, B>(_: Same<A, B>) => undefined

export const captions = definePipeline({
  inputs: { mic: audio.with({ sampleRate: 16_000 }) },
  nodes: {
    louder: { type: gain, params: { db: 6 }, in: { input: 'mic' } },
    gate: { type: gate, in: { input: 'louder.output' } },
    text: {
      type: transcribe,
      runtime_hint: 'python',
      retry: { max_retries: 3 },
      in: { input: { from: 'louder.output', policy: 'drop-oldest', max_ms: 400 } },
    },
    caption: { type: caption, in: { text: 'text.output', segment: 'gate.segment' } },
  },
})
/** It is a manifest: the same as a file’s. */
export const manifest: Manifest = captions

/** Lists of sources, defaults of params, optional and control inputs left out. */
export const merged = definePipeline({
  inputs: { a: audio, b: audio },
  nodes: {
    all: { type: gain, join: 'merge', in: { input: ['a', { from: 'b', max: 4 }, 'chunks.output'] } },
    chunks: { type: chunker, params: { samples: 160 }, in: { input: 'a' } },
  },
})

export async function compose() {
  const executor = await createExecutor(captions)
  const session = await executor.open({ signal: AbortSignal.timeout(1000) })
  session.outputs.subscribe((out) => {
    same<typeof out.envelope, Envelope>(true)
    if (out.from === 'caption.output') console.log(out.value.toUpperCase())
    if (out.from === 'gate.audio') same<typeof out.value, AudioBuffer>(true)
  })
  for await (const out of session.outputs)
    if (out.from === 'gate.segment') same<typeof out.value, { start_ms: number; end_ms: number }>(true)
  await session.send({ mic: clip.speech(500) }, { pts: 0, deadline: 5, survive: true })
  same<ReturnType<typeof session.trySend>, boolean>(true)
  same<ReturnType<typeof session.interrupt>, number>(true)
  session.interrupt({ from: ['text'], queued: true, reason: 'barge-in' })
  session.control('text', { lang: 'de' })
  session.tap('louder.output').subscribe((value) => same<typeof value, AudioBuffer>(true))
  const read = (chunk: Uint8Array) => new AudioBuffer(new Float32Array(chunk.length), 16_000)
  duplex(session, { input: 'mic', output: 'caption.output', read }).pipe(process.stdout)
  const ledger: Ledger = await session.end()
  console.log(ledger.delivered, ledger.dropped.overflow)
  const results = await executor.execute({ mic: clip.speech(500) })
  same<ReturnType<typeof results.get<'caption.output'>>, string | undefined>(true)
  same<ReturnType<typeof results.get<'audio'>>, AudioBuffer | undefined>(true)
  same<ReturnType<typeof results.all<'gate.segment'>>, readonly { start_ms: number; end_ms: number }[]>(true)
  const metrics: Metrics = executor.metrics()
  console.log(metrics.nodes.text?.execution_us.p99, metrics.edges['mic -> louder.input']?.high_water)
  await executor.close()
}

/** Without types: a manifest from a file. */
export async function fromData(data: Manifest) {
  try {
    const executor = await createExecutor(data)
    const results = await executor.execute({ anything: 'at all' })
    console.log(results.get('any.key'), results.all('any.key').length)
  } catch (error) {
    if (isAnabranchError(error) && error.code === 'ANB_CYCLE') console.error(error.nodes.join(' → '))
    if (isAnabranchError(error) && error.code === 'ANB_STALL') console.error(error.edges.join(', '))
  }
}

class CustomNode implements NodeExecutor {
  readonly nodeType = 'CustomNode'
  readonly runtime = 'javascript'
  execute(inputs: NodeInputs) {
    return NodeOutputs.fromAudioBuffer('output', inputs.getAudioBuffer('input'))
  }
}

export async function byHand() {
  const registry = new Registry()
    .register('CustomNode', { runtime: 'javascript', create: () => new CustomNode() })
    .use(definePlugin({ name: 'anabranch-plugin-gain', apiVersion: 1, nodes: [gain, gate] }))
  const nodes = { a: { type: 'CustomNode', in: { input: 'mic' } } }
  const executor = await createExecutor(
    { version: 'v1', inputs: { mic: audio }, nodes },
    { registry, onDeadLetter: ({ attempts }) => console.error(attempts) },
  )
  await executor.execute({ mic: clip.silence(20) })
  same<ReturnType<Registry['createNode']>, NodeExecutor>(true)
  console.log(settled.spec.type)
}
