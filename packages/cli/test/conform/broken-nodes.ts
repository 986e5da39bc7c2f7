import { AudioBuffer, audio, defineNode, definePlugin, InvalidInputsError, text } from '@anabranch/plugin-sdk'
import { z } from 'zod'

// One good node, and ten that break one rule each, as somebody would by mistake.

const sound = { inputs: { input: audio }, outputs: { output: audio } }
const words = { inputs: { input: text }, outputs: { output: text } }
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Halves samples in blocks of 160, with the rest in flush, a timer that ends, and params. */
const good = defineNode({
  ...sound,
  type: 'GoodNode',
  summary: 'Multiplies samples, in blocks.',
  params: z.object({ factor: z.number().default(0.5) }),
  time: 'samples',
  create: ({ factor }) => {
    let rest: number[] = []
    let rate = 0
    let ticking: NodeJS.Timeout | undefined
    const take = (count: number) => ({
      output: new AudioBuffer(
        Float32Array.from(rest.splice(0, count), (sample) => sample * factor),
        rate,
      ),
    })
    return {
      prepare: () => {
        ticking = setInterval(() => undefined, 1000)
      },
      execute: ({ input }) => {
        if (input.length === 0 || input.channels !== 1 || (rate !== 0 && rate !== input.sampleRate))
          throw new InvalidInputsError('it takes one channel, of one rate', { key: 'input' })
        rate = input.sampleRate
        for (const sample of input.samples) rest.push(sample)
        const whole = rest.length - (rest.length % 160)
        return whole === 0 ? {} : take(whole)
      },
      flush: () => (rest.length === 0 ? {} : take(rest.length)),
      reset: () => {
        rest = []
        rate = 0
      },
      cleanup: () => clearInterval(ticking),
    }
  },
})

/** Answers a call with whatever is ready first. */
const reorders = defineNode({
  ...words,
  type: 'ReordersNode',
  summary: 'Mixes up its sets.',
  purity: 'pure',
  concurrency: 4,
  create: () => {
    const ready: string[] = []
    let turn = 0
    return {
      async execute({ input }) {
        const slow = turn++ % 2 === 0
        // A pool of two workers, of which the first is slower, and one queue of results.
        setTimeout(() => ready.push(input), slow ? 12 : 1)
        while (ready.length === 0) await later(1)
        return { output: ready.shift() }
      },
    }
  },
})

const swallows = defineNode({
  ...sound,
  type: 'SwallowsNode',
  summary: 'Hides what goes wrong.',
  purity: 'pure',
  create: () => ({
    execute: ({ input }) => {
      try {
        if (input.length === 0) throw new Error('nothing to work on')
        return { output: input }
      } catch {
        return {}
      }
    },
  }),
})

const leaksTimer = defineNode({
  ...words,
  type: 'LeaksTimerNode',
  summary: 'Leaves a timer.',
  create: () => ({
    prepare: () => {
      setInterval(() => undefined, 1000)
    },
    execute: ({ input }) => ({ output: input }),
  }),
})

const deaf = defineNode({
  ...words,
  type: 'DeafNode',
  summary: 'Does not listen to its signal.',
  create: () => ({
    async execute({ input }) {
      await later(120)
      return { output: input }
    },
  }),
})

const mutates = defineNode({
  ...sound,
  type: 'MutatesNode',
  summary: 'Writes to what it was lent.',
  create: () => ({
    execute: ({ input }) => {
      const copy = input.copy()
      input.samples.fill(0)
      return { output: copy }
    },
  }),
})

const losesTail = defineNode({
  ...sound,
  type: 'LosesTailNode',
  summary: 'Has no flush.',
  time: 'samples',
  create: () => {
    const rest: number[] = []
    return {
      execute: ({ input: { samples, sampleRate } }) => {
        for (const sample of samples) rest.push(sample)
        const whole = rest.length - (rest.length % 160)
        return whole === 0 ? {} : { output: new AudioBuffer(Float32Array.from(rest.splice(0, whole)), sampleRate) }
      },
    }
  },
})

const afterEnd = defineNode({
  ...words,
  type: 'AfterEndNode',
  summary: 'Gives its last output with its end.',
  create: () => {
    let last = ''
    return {
      execute: ({ input }) => {
        last = input
        return { output: input }
      },
      // A generator that returns what it should yield.
      // biome-ignore lint/correctness/useYield: that is what is wrong with it
      flush: async function* (): AsyncGenerator<{ output: string }, never> {
        return { output: `${last}.` } as never
      },
    }
  },
})

const wrongKey = defineNode({
  ...words,
  type: 'WrongKeyNode',
  summary: 'Gives a key that it does not declare.',
  create: () => ({ execute: ({ input }) => ({ outptu: input }) as never }),
})

const leaksFrame = defineNode({
  ...sound,
  type: 'LeaksFrameNode',
  summary: 'Keeps what it was lent.',
  create: () => ({ execute: ({ input }, context) => ({ output: context.retain(input).copy() }) }),
})

const byChunk = defineNode({
  ...sound,
  type: 'ByChunkNode',
  summary: 'Normalises each frame by itself.',
  purity: 'pure',
  create: () => ({
    execute: ({ input }) => {
      const peak = input.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9)
      return { output: input.map((sample) => sample / peak) }
    },
  }),
})

export default definePlugin({
  name: 'broken-nodes',
  apiVersion: 1,
  nodes: [good, reorders, swallows, leaksTimer, deaf, mutates, losesTail, afterEnd, wrongKey, leaksFrame, byChunk],
})
