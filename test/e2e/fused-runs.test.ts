import {
  addon,
  audioResample,
  channelMix,
  chunker,
  clippingDetector,
  denoise,
  formatConverter,
  gain,
  level,
  silenceDetector,
  vad,
} from '@anabranch/nodes-native'
import { nativeNode } from '@anabranch/nodes-native/door'
import { type AudioBuffer, anything, audio, defineNode } from '@anabranch/plugin-sdk'
import {
  createExecutor,
  definePipeline,
  type Executor,
  type ExecutorOptions,
  type Manifest,
  validate,
} from '@anabranch/runtime'
import fc from 'fast-check'
import { test } from 'tap'

/** A native node of a run, the params that it may have, and what else it gives. */
const KINDS = [
  { type: gain, params: [{ db: 6 }, { db: -3, in_place: true }] },
  { type: channelMix, params: [{ channels: 2 }, { channels: 1 }] },
  { type: audioResample, params: [{ output_rate: 16_000 }, { output_rate: 24_000, quality: 'low' }] },
  { type: chunker, params: [{ samples: 160 }, { samples: 500 }] },
  { type: formatConverter, params: [{}] },
  { type: denoise, params: [{}] },
  { type: level, params: [{ loudness: false }], side: 'level' },
  { type: silenceDetector, params: [{}, { min_silence_ms: 10, window_ms: 1 }], side: 'event' },
  { type: clippingDetector, params: [{}], side: 'event' },
  { type: vad, params: [{}, { engine: 'energy' }], side: 'segment' },
] as const
type Kind = { readonly type: unknown; readonly params: readonly object[]; readonly side?: string }

interface Plan {
  readonly run: readonly { readonly kind: number; readonly params: number }[]
  readonly lengths: readonly number[]
  /** Between these frames something is missing. */
  readonly gapAt: number
  readonly max: number
}

const plans = fc.record<Plan>({
  run: fc.array(fc.record({ kind: fc.nat(KINDS.length - 1), params: fc.nat(1) }), { minLength: 2, maxLength: 10 }),
  lengths: fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 12 }),
  gapAt: fc.nat(14),
  max: fc.integer({ min: 1, max: 8 }),
})

/** Frames of noise, every third silent, two channels at 48 kHz. */
const source = (lengths: readonly number[], gapAt: number) =>
  defineNode({
    type: 'NoiseNode',
    summary: 'Gives noise.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        let state = 1
        let pts = 0
        for (const [n, length] of lengths.entries()) {
          const frame = context.audio(length, 48_000, 2)
          for (let at = 0; at < frame.samples.length; at++) {
            state = (state * 48_271) % 0x7fffffff
            frame.samples[at] = n % 3 === 1 ? 0 : state / 0x40000000 - 1
          }
          if (n === gapAt) pts += 1_000_000
          yield context.at(pts, { output: frame })
          pts += Math.round((length * 1e6) / 48_000)
        }
      },
    }),
  })

/** Notes what comes: samples, formats, times. */
function witness(came: unknown[]) {
  return defineNode({
    type: 'WitnessNode',
    summary: 'Notes.',
    inputs: { input: audio },
    create: () => ({
      execute: ({ input }, { envelope: { pts, duration, discont, seq } }) => {
        came.push({ samples: [...input.samples], rate: input.sampleRate, channels: input.channels })
        came.push({ pts, duration, discont, seq })
      },
    }),
  })
}

/** Notes values as they are. */
const notes = (came: unknown[]) =>
  defineNode({
    type: 'NotesNode',
    summary: 'Notes.',
    inputs: { input: anything },
    create: () => ({
      execute: ({ input }, { nodeId, envelope: { pts, seq } }) => void came.push({ nodeId, input, pts, seq }),
    }),
  })

/** Counts native calls while `work` runs. */
async function counted<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly calls: number }> {
  const { doors } = addon
  const { call, callInput } = doors
  let calls = 0
  Object.assign(doors, {
    call: (...given: Parameters<typeof call>) => {
      calls++
      return call(...given)
    },
    callInput: (...given: Parameters<typeof callInput>) => {
      calls++
      return callInput(...given)
    },
  })
  try {
    return { result: await work(), calls }
  } finally {
    Object.assign(doors, { call, callInput })
  }
}

const counts = (executor: Executor) => {
  const { nodes, edges } = executor.metrics()
  const plain = (of: object) =>
    JSON.parse(JSON.stringify(of, (key, value) => (key.endsWith('_us') ? undefined : value)))
  const byEdge = Object.entries(plain(edges) as Record<string, Record<string, unknown>>)
  return [plain(nodes), byEdge.map(([name, { high_water, ...rest }]) => [name, rest])]
}

function pipelineOf({ run, lengths, gapAt, max }: Plan, came: unknown[]) {
  const nodes: Record<string, unknown> = { source: { type: source(lengths, gapAt) } }
  const note = notes(came)
  let last = 'source.output'
  for (const [at, { kind, params }] of run.entries()) {
    const { type, params: choices, side } = KINDS[kind] as Kind
    nodes[`n${at}`] = {
      type,
      params: choices[params % choices.length],
      on_error: 'skip',
      in: { input: { from: last, max } },
    }
    last = `n${at}.output`
    if (side !== undefined) nodes[`side${at}`] = { type: note, in: { input: `n${at}.${side}` } }
  }
  nodes.witness = { type: witness(came), in: { input: last } }
  return definePipeline({ nodes } as never)
}

async function runPlan(plan: Plan, options: ExecutorOptions) {
  const came: unknown[] = []
  const executor = await createExecutor(pipelineOf(plan, came), options)
  try {
    const session = await executor.open()
    const others: unknown[] = []
    session.outputs.subscribe(({ from, value }) => others.push([from, value]))
    const ledger = await session.end()
    // Nodes beside each other may have their turns in another order.
    const idOf = ({ nodeId = '' }: { readonly nodeId?: string }) => nodeId
    const byNode = (came as { nodeId?: string }[]).sort((a, b) => idOf(a).localeCompare(idOf(b)))
    return { ledger, came: byNode, others, counts: counts(executor), frames: executor.frames() }
  } finally {
    await executor.close()
  }
}

test('fused or not, a run of native nodes gives the same samples, times and counts', async (t) => {
  let [fusedCalls, singleCalls] = [0, 0]
  const property = fc.asyncProperty(plans, async (plan) => {
    // A detector of voices takes one channel, for example.
    fc.pre((await validate(pipelineOf(plan, []) as Manifest)).ok)
    const fused = await counted(() => runPlan(plan, {}))
    const single = await counted(() => runPlan(plan, { fuse: false }))
    fusedCalls += fused.calls
    singleCalls += single.calls
    for (const { ledger, frames } of [fused.result, single.result]) {
      if (!ledger.balanced || ledger.in_flight > 0) throw new Error(JSON.stringify(ledger))
      if (frames?.leased.length !== 0 || frames.stale + frames.double_released > 0) throw new Error('frames')
    }
    const told = ({ frames: _, ...rest }: typeof fused.result) => JSON.stringify(rest)
    if (told(fused.result) !== told(single.result)) {
      t.same({ ...fused.result, frames: null }, { ...single.result, frames: null })
      throw new Error('they differ')
    }
  })
  const seed = Number(process.env.SEED ?? 20)
  await fc.assert(property, { numRuns: Number(process.env.RUNS ?? 120), seed })
  t.ok(fusedCalls < 0.7 * singleCalls, `${fusedCalls} native calls instead of ${singleCalls}`)
})

/** Frames of ten samples, the nth of them all n / 100, with a time of 10 ms each. */
const steps = (count: number, life: { after?(n: number): void | Promise<void> } = {}) =>
  defineNode({
    type: 'StepsNode',
    summary: 'Gives frames that say which they are.',
    outputs: { output: audio },
    create: () => ({
      async *source(context) {
        for (let n = 0; n < count; n++) {
          const frame = context.audio(10, 1000)
          frame.samples.fill(n / 100)
          yield { output: frame }
          await life.after?.(n)
        }
      },
    }),
  })

const first = (buffer: AudioBuffer) => Math.round((buffer.samples[0] as number) * 100)
const firsts = (seen: number[]) =>
  defineNode({
    type: 'FirstsNode',
    summary: 'Notes the first sample.',
    inputs: { input: audio },
    create: () => ({ execute: ({ input }) => void seen.push(first(input)) }),
  })

test('a run is one native call a frame, and the plan says so', async (t) => {
  const seen: number[] = []
  const pipeline = definePipeline({
    nodes: {
      source: { type: steps(50) },
      louder: { type: gain, params: { db: 0 }, in: { input: 'source.output' } },
      silence: { type: silenceDetector, in: { input: 'louder.output' } },
      clips: { type: clippingDetector, in: { input: 'silence.output' } },
      seen: { type: firsts(seen), in: { input: 'clips.output' } },
    },
  } as never)
  const executor = await createExecutor(pipeline)
  t.teardown(() => executor.close())
  const { plan } = await validate(pipeline as Manifest)
  t.same(plan?.fused, [{ nodes: ['louder', 'silence', 'clips'], keys: ['output', 'output'] }])
  const { calls } = await counted(() => executor.execute({} as never))
  t.equal(calls, 50 + 3, 'and one each at the end')
  t.same(
    seen,
    seen.map((_, n) => n),
  )
  t.equal(executor.frames()?.pooled, 100, 'nothing between them lies in a frame')
})

test('who watches a key in a run sees what goes there, and the run goes on by itself afterwards', async (t) => {
  const seen: number[] = []
  const watched: number[] = []
  let stop = () => {}
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source: { type: steps(30, { after: (n) => (n === 19 ? stop() : undefined) }) },
        louder: { type: gain, params: { db: 0 }, in: { input: 'source.output' } },
        silence: { type: silenceDetector, in: { input: 'louder.output' } },
        seen: { type: firsts(seen), in: { input: 'silence.output' } },
      },
    } as never),
  )
  t.teardown(() => executor.close())
  const { calls } = await counted(async () => {
    const session = await executor.open()
    const tap = session.tap('louder.output').subscribe((value) => watched.push(first(value as AudioBuffer)))
    stop = () => tap.unsubscribe()
    t.match(await session.end(), { balanced: true, failed: 0, delivered: 30 })
  })
  t.ok(watched.length >= 19 && watched.every((value, n) => value === n), `${watched}`)
  t.ok(calls > 30 + watched.length - 5 && calls < 60, `${calls} calls`)
  t.equal(seen.length, 30)
})

/** Two detectors of silence and, between them, a resampler that takes 1 kHz; every third frame has another rate. */
async function failing(onError: 'skip' | 'dead-letter', retries: number) {
  const letters: unknown[] = []
  const seen: number[] = []
  const source = defineNode({
    type: 'MixedNode',
    summary: 'Gives frames of two rates.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        for (let n = 0; n < 9; n++) {
          const frame = context.audio(10, n % 3 === 2 ? 2000 : 1000)
          frame.samples.fill(n / 100)
          yield { output: frame }
        }
      },
    }),
  })
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source: { type: source },
        louder: { type: gain, params: { db: 0 }, in: { input: 'source.output' } },
        same: {
          type: channelMix,
          params: { channels: 1, matrix: [[1]] },
          on_error: onError,
          retry: { max_retries: retries, base_ms: 1 },
          in: { input: 'louder.output' },
        },
        thousand: {
          type: audioResample,
          params: { input_rate: 1000, output_rate: 1000 },
          on_error: onError,
          in: { input: 'same.output' },
        },
        seen: { type: firsts(seen), in: { input: 'thousand.output' } },
      },
    } as never),
    { onDeadLetter: ({ nodeId, inputs }) => letters.push([nodeId, first((inputs as { input: AudioBuffer }).input)]) },
  )
  const session = await executor.open()
  const ledger = await session.end()
  const { nodes } = executor.metrics()
  const { leased } = executor.frames() ?? {}
  await executor.close()
  return { letters, seen, ledger, thousand: nodes.thousand, leased }
}

test('a node of a run that refuses a set fails by its own policy, with its input', async (t) => {
  const skipped = await failing('skip', 0)
  t.same(skipped.seen, [0, 1, 3, 4, 6, 7])
  t.match(skipped.ledger, { accepted: 9, delivered: 6, failed: 3, balanced: true })
  t.match(skipped.thousand, { taken: 9, failed: 3, errors: 3, produced: 6 })
  const lettered = await failing('dead-letter', 2)
  t.same(lettered.seen, [0, 1, 3, 4, 6, 7])
  t.match(lettered.ledger, { dead_lettered: 3, balanced: true })
  t.same([skipped.leased, lettered.leased], [[], []])
})

test('a panic in a run takes its node out of service, and nobody else', async (t) => {
  const seen: number[] = []
  const pipeline = definePipeline({
    nodes: {
      source: { type: steps(6) },
      louder: { type: gain, params: { db: 0 }, in: { input: 'source.output' } },
      bad: {
        type: nativeNode(addon, 'PanicNode'),
        params: { after: 2 },
        on_error: 'dead-letter',
        in: { input: 'louder.output' },
      },
      silence: { type: silenceDetector, in: { input: 'bad.output' } },
      seen: { type: firsts(seen), in: { input: 'silence.output' } },
    },
  } as never)
  const letters: { code: string; input: number }[] = []
  const executor = await createExecutor(pipeline, {
    onDeadLetter: ({ error, inputs }) =>
      letters.push({ code: error.code, input: first((inputs as { input: AudioBuffer }).input) }),
  })
  t.teardown(() => executor.close())
  const session = await executor.open()
  t.match(await session.end(), { accepted: 6, delivered: 2, dead_lettered: 4, balanced: true })
  t.same(seen, [0, 1])
  t.same(
    letters,
    [2, 3, 4, 5].map((input) => ({ code: input < 5 ? letters[0]?.code : letters[3]?.code, input })),
  )
  t.match(letters[0]?.code, /^ANB_NATIVE$/)
  t.same(executor.frames()?.leased, [])
})

test('interrupted again and again, a run loses no frame and nothing stale comes out of it', async (t) => {
  const seen: number[] = []
  let interrupt = () => {}
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source: { type: steps(90, { after: (n) => (n % 7 === 6 ? interrupt() : undefined) }) },
        louder: { type: gain, params: { db: 0 }, in: { input: 'source.output' } },
        chunk: { type: chunker, params: { samples: 25 }, in: { input: 'louder.output' } },
        silence: { type: silenceDetector, in: { input: 'chunk.output' } },
        seen: { type: firsts(seen), in: { input: 'silence.output' } },
      },
    } as never),
  )
  t.teardown(() => executor.close())
  const session = await executor.open()
  interrupt = () => session.interrupt({ reason: 'again' })
  t.match(await session.end(), { accepted: 90, in_flight: 0, failed: 0, balanced: true })
  t.match(executor.frames(), { leased: [], stale: 0, double_released: 0 })
  t.same(
    seen,
    [...seen].sort((a, b) => a - b),
  )
})
