import { type AudioBuffer, anything, audio, defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
import { frameOf } from '@anabranch/plugin-sdk/host'
import { z } from 'zod'

// The plugin of these tests: what is in it can be made on a thread, and in the test itself.

const io = { inputs: { input: anything }, outputs: { output: anything } } as const

/** Counts its inputs; knows where it runs. */
export const counting = defineNode({
  type: 'Counting',
  summary: 'Gives each input with its number.',
  ...io,
  create: () => {
    let n = 0
    return {
      execute: ({ input }) => ({ output: [input, ++n] }),
      flush: () => ({ output: ['end', n] }),
      reset() {
        n = 0
      },
    }
  },
})

/** Its results take a while, the later ones less. */
export const later = defineNode({
  type: 'Later',
  summary: 'Gives its input later.',
  ...io,
  purity: 'pure',
  concurrency: 4,
  create: () => ({
    execute: async ({ input }) => {
      for (let turns = input as number; turns % 3 < 2; turns++) await new Promise((resolve) => setImmediate(resolve))
      return { output: input }
    },
  }),
})

/** 0, 1, … up to its input. */
export const upToInput = defineNode({
  type: 'UpToInput',
  summary: 'Gives all numbers below its input.',
  ...io,
  create: () => ({
    *execute({ input }) {
      for (let n = 0; n < (input as number); n++) yield { output: n }
    },
  }),
})

export const upToInputLater = defineNode({
  type: 'UpToInputLater',
  summary: 'The same, one after the other.',
  ...io,
  create: () => ({
    async *execute({ input }) {
      for (let n = 0; n < (input as number); n++) {
        await Promise.resolve()
        yield { output: n }
      }
    },
  }),
})

/** Where an audio frame lies: its handle is the same in every thread of a pool. */
const where = (buffer: Parameters<typeof frameOf>[0]) => frameOf(buffer)?.handle ?? -1

export const tone = defineNode({
  type: 'Tone',
  summary: 'Gives frames of 160 samples, each of one value.',
  params: z.object({ frames: z.number(), length: z.number().default(160) }),
  outputs: { output: audio },
  create: ({ frames, length }) => ({
    *source(context) {
      for (let n = 1; n <= frames; n++) {
        const output = context.audio(length, 16_000)
        output.samples.fill(n)
        yield { output }
      }
    },
  }),
})

/** What each frame holds, and where it lies. */
export const reading = defineNode({
  type: 'Reading',
  summary: 'Gives the value of each frame, its length and its handle.',
  inputs: { input: audio },
  outputs: { output: anything },
  create: () => ({
    execute({ input }) {
      const [first] = input.samples
      const same = input.samples.every((sample) => sample === first)
      return { output: { value: same ? first : Number.NaN, length: input.length, handle: where(input) } }
    },
  }),
})

export const passing = defineNode({
  type: 'Passing',
  summary: 'Gives the frame it got.',
  inputs: { input: audio },
  outputs: { output: audio },
  create: () => ({ execute: ({ input }) => ({ output: input }) }),
})

export const halves = defineNode({
  type: 'Halves',
  summary: 'Gives both halves of a frame, by view and by constructor.',
  inputs: { input: audio },
  outputs: { output: audio },
  create: () => ({
    *execute({ input }) {
      yield { output: input.slice(0, input.length / 2) }
      yield { output: input.slice(input.length / 2) }
    },
  }),
})

export const scaling = defineNode({
  type: 'Scaling',
  summary: 'Gives ten times the frame, in a new one.',
  inputs: { input: audio },
  outputs: { output: audio },
  create: () => ({
    execute({ input }, context) {
      const output = context.audio(input.length, input.sampleRate)
      for (let n = 0; n < output.samples.length; n++) output.samples[n] = 10 * (input.samples[n] as number)
      return { output }
    },
  }),
})

export const echoing = defineNode({
  type: 'Echoing',
  summary: 'Gives the frame before the one it got, which it retains; the last one it does not give back.',
  inputs: { input: audio },
  outputs: { output: audio },
  create: () => {
    let before: AudioBuffer | null = null
    return {
      execute({ input }, context) {
        const output = (before ?? input).copy()
        if (before !== null) context.release(before)
        before = context.retain(input)
        return { output }
      },
    }
  },
})

/** Ends or hangs its thread at one input. `exits` may be set over SharedArrayBuffer: so often. */
const faulty = (type: string, purity: 'pure' | 'stateful') =>
  defineNode({
    type,
    summary: 'Does what its input says.',
    purity,
    ...io,
    create: () => ({
      execute({ input }, context) {
        const { say = 'pass', cells } = (input ?? {}) as { say?: string; cells?: Int32Array }
        const first = cells === undefined || Atomics.sub(cells, 0, 1) > 0
        if (first && say === 'exit') process.exit(3)
        if (first && say === 'loop') for (;;) if (context.clock.now() < 0) break
        if (say === 'throw') throw new RangeError('thrown on purpose', { cause: 'the cause' })
        if (say === 'reject later') {
          Promise.reject(new Error('nobody waits for this'))
          return new Promise<never>(() => undefined)
        }
        if (say === 'function') return { output: { deep: [() => 1] } }
        if (say === 'class') return { output: new Odd() }
        if (say === 'log') context.log.info({ from: 'a thread', err: new Error('shown') }, 'said')
        if (say === 'count') context.count('seen', 2)
        if (say === 'wait')
          return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve({ output: 'late' })))
        return { output: input }
      },
    }),
  })
export const pureFaulty = faulty('PureFaulty', 'pure')
export const statefulFaulty = faulty('StatefulFaulty', 'stateful')

/** Ends its thread at the frames of these values, each once. */
export const dying = defineNode({
  type: 'Dying',
  summary: 'Gives its frame, or ends its thread.',
  params: z.object({ at: z.array(z.number()), done: z.custom<Int32Array>() }),
  inputs: { input: audio },
  outputs: { output: audio },
  purity: 'pure',
  create: ({ at, done }) => ({
    async execute({ input }, context) {
      const which = at.indexOf(input.samples[0] as number)
      const output = context.audio(input.length, input.sampleRate)
      if (which >= 0 && Atomics.exchange(done, which, 1) === 0) process.exit(1)
      await Promise.resolve()
      output.samples.set(input.samples)
      return { output }
    },
  }),
})

class Odd {
  n = 1
}

/** Two of them meet only where both are at work at once. */
const meeting = (type: string) =>
  defineNode({
    type,
    summary: 'Waits until the other one is at work too.',
    ...io,
    create: () => ({
      execute({ input }) {
        const cells = input as Int32Array
        const met = Atomics.add(cells, 0, 1) + 1
        Atomics.notify(cells, 0)
        const how = met === 2 ? 'met' : Atomics.wait(cells, 0, met, 20_000) === 'timed-out' ? 'alone' : 'met'
        return { output: how }
      },
    }),
  })
export const left = meeting('Left')
export const right = meeting('Right')

export const controlled = defineNode({
  type: 'Controlled',
  summary: 'Gives its input with what it was told last.',
  inputs: { input: text },
  outputs: { output: text },
  create: () => {
    let told = ''
    return {
      onControl(message) {
        told = String(message)
      },
      execute: ({ input }) => ({ output: `${input}${told}` }),
    }
  },
})

export const badPrepare = defineNode({
  type: 'BadPrepare',
  summary: 'Cannot be prepared.',
  ...io,
  create: () => ({
    prepare() {
      throw new Error('no model here')
    },
    execute: ({ input }) => ({ output: input }),
  }),
})

const streaming = defineNode({
  type: 'Streaming',
  summary: 'Of the stream form.',
  ...io,
  create: () => ({
    async *stream(inputs) {
      for await (const { input } of inputs) yield { output: input }
    },
  }),
})

export default definePlugin({
  name: 'thread-nodes',
  apiVersion: 1,
  nodes: [
    counting,
    later,
    upToInput,
    upToInputLater,
    tone,
    reading,
    passing,
    halves,
    scaling,
    pureFaulty,
    statefulFaulty,
    left,
    right,
    controlled,
    badPrepare,
    dying,
    echoing,
    streaming,
  ],
})
