// What authors write. Not run: only compiled.
import {
  AudioBuffer,
  anything,
  audio,
  defineNode,
  definePlugin,
  describeNode,
  isAnabranchError,
  json,
  type NodeExecutor,
  type NodeInputs,
  NodeOutputs,
  nodeOperator,
  number,
  operatorNode,
  text,
} from '@anabranch/plugin-sdk'
import { clip, harness, marbles, testNode } from '@anabranch/plugin-sdk/testing'
import { bufferCount, debounceTime, distinctUntilChanged, map, type Observable, of, pipe } from 'rxjs'
import { z } from 'zod'

/** Fails to compile where the two types differ. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never
const same = <A, B>(_: Same<A, B>) => undefined

export const gain = defineNode({
  type: 'GainNode',
  summary: 'Multiplies samples by a gain in dB.',
  purity: 'pure',
  params: z.object({ db: z.number().default(0) }),
  inputs: { input: audio, trim: number.control(1) },
  outputs: { output: audio },
  create: ({ db }) => {
    same<typeof db, number>(true) // By its default; undefined only where it may be left out.
    const factor = 10 ** (db / 20)
    return { execute: ({ input, trim }) => ({ output: input.map((s) => s * factor * trim) }) }
  },
})
same<(typeof gain)['spec']['type'], 'GainNode'>(true)
same<Parameters<(typeof gain)['create']>[0], { db?: number | undefined } | undefined>(true)

export const chunker = defineNode({
  type: 'ChunkerNode',
  summary: 'Cuts audio into chunks of equal length.',
  time: 'samples',
  params: z.object({ samples: z.int().positive() }),
  inputs: { input: audio.with({ channels: 1 }) },
  outputs: { output: audio },
  create({ samples }) {
    let rest = new AudioBuffer(new Float32Array(0), 16_000)
    return {
      *execute({ input }, context) {
        const all = context.audio(rest.length + input.length, input.sampleRate)
        for (let at = 0; at < all.length; at += samples) yield { output: all.slice(at, at + samples) }
        rest = all.slice(0).copy()
      },
      flush: () => ({ output: rest.length > 0 ? rest : undefined }),
    }
  },
})

export const settled = operatorNode({
  type: 'SettledTextNode',
  summary: 'Passes a text on once it stops changing.',
  params: z.object({ ms: z.number().default(200) }),
  input: text,
  output: text,
  timed: true,
  operator: ({ ms }) => pipe(debounceTime(ms), distinctUntilChanged()),
})

const segment = json(z.object({ start_ms: z.number(), end_ms: z.number() }))
export const gate = defineNode({
  type: 'GateNode',
  summary: 'Marks speech by level.',
  params: z.object({ threshold: z.number().default(0.01) }),
  inputs: { input: audio },
  outputs: { audio, segment },
  formats: (_, { input }) => ({ audio: input }),
  create: ({ threshold }) => ({
    execute({ input }, { envelope: { pts } }) {
      const loud = input.samples.some((s) => Math.abs(s) > threshold)
      return {
        audio: input,
        segment: loud ? { start_ms: pts / 1e3, end_ms: (pts + input.durationUs) / 1e3 } : undefined,
      }
    },
  }),
})

const webhook = defineNode({
  type: 'WebhookSink',
  summary: 'Posts each value.',
  purity: 'effectful',
  params: z.object({ url: z.url() }),
  inputs: { input: anything },
  create: ({ url }) => ({
    execute: async ({ input }, { signal }) => {
      await fetch(url, { method: 'POST', body: JSON.stringify(input), signal })
    },
  }),
})

const ticker = defineNode({
  type: 'Ticker',
  summary: 'Counts.',
  outputs: { output: number },
  create: () => ({
    async *source() {
      for (let n = 0; ; n++) yield { output: n }
    },
  }),
})

const loudest = defineNode({
  type: 'LoudestNode',
  summary: 'The loudest of ten.',
  inputs: { input: number },
  outputs: { output: number },
  create: () => ({
    operator: () => (inputs$) =>
      inputs$.pipe(
        bufferCount(10),
        map((sets) => ({ output: Math.max(...sets.map(({ input }) => input)) })),
      ),
  }),
})

const transcribe = describeNode({
  type: 'TranscribeNode',
  summary: 'Speech to text.',
  inputs: { input: audio },
  outputs: { output: text },
})
const caption = defineNode({
  type: 'CaptionNode',
  summary: 'Text with its time.',
  join: 'align',
  inputs: { text, segment },
  outputs: { output: text },
  create: () => ({ execute: ({ text, segment }) => ({ output: `${segment.start_ms} ${text}` }) }),
})

// One required key is a bare value, several are records.
const chunks$ = of(clip.sine(20)).pipe(nodeOperator(chunker, { samples: 160 }))
same<typeof chunks$, Observable<AudioBuffer>>(true)
same<typeof durations$, Observable<number>>(true)
export const durations$ = chunks$.pipe(map((chunk) => chunk.durationUs))
of(clip.sine(20)).pipe(
  nodeOperator(gate),
  map(({ segment }) => segment?.start_ms.toFixed()),
)
of({ text: 'a', segment: { start_ms: 0, end_ms: 1 } }).pipe(
  nodeOperator(caption),
  map((words) => words.length),
)
of(clip.sine(20)).pipe(nodeOperator(gain), nodeOperator(gain, { db: 3 }), nodeOperator(transcribe))

export class CustomNode implements NodeExecutor {
  readonly nodeType = 'CustomNode'
  readonly runtime = 'javascript'
  execute(inputs: NodeInputs) {
    return NodeOutputs.fromAudioBuffer('output', inputs.getAudioBuffer('input'))
  }
}
export default definePlugin({
  name: 'anabranch-plugin-all',
  apiVersion: 1,
  nodes: [gain, chunker, settled, gate, webhook, ticker, loudest, caption],
})

export function fix(error: unknown): string | undefined {
  if (!isAnabranchError(error)) return undefined
  if (error.code === 'ANB_CYCLE') return error.nodes.join(' → ')
  if (error.code === 'ANB_PARAMS') return error.issues[0]?.path
  return error.fix
}

export const tests = async (t: { test(name: string, run: () => Promise<void>): void }) => {
  testNode(t, gain, [{ params: { db: 0 }, inputs: [{ input: clip.sine(20) }], outputs: [{ output: clip.sine(20) }] }])
  await marbles(settled, { params: { ms: 3 }, inputs: { input: 'ab----c---|' }, outputs: { output: '----b----c|' } })
  const node = await harness(chunker, { samples: 160 })
  const [first] = await node.push({ input: clip.sine(25) })
  same<typeof first, { readonly output?: AudioBuffer | undefined } | undefined>(true)
  await node.close()
}
