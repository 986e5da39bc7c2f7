import { type AudioBuffer, audio, defineNode, number, operatorNode, text } from '@anabranch/plugin-sdk'
import { debounceTime, distinctUntilChanged, pipe } from 'rxjs'
import { z } from 'zod'

/** Nodes that keep the contract: one of each kind. */
export const gain = defineNode({
  type: 'GainNode',
  summary: 'Multiplies samples by a gain in dB.',
  purity: 'pure',
  params: z.object({ db: z.number().default(0) }),
  inputs: { input: audio, trim: number.control(1) },
  outputs: { output: audio },
  create: ({ db }) => {
    const factor = 10 ** (db / 20)
    return { execute: ({ input, trim }) => ({ output: input.map((sample) => sample * factor * trim) }) }
  },
})

export const chunker = defineNode({
  type: 'ChunkerNode',
  summary: 'Cuts audio into chunks of equal length.',
  time: 'samples',
  params: z.object({ samples: z.int().positive() }),
  inputs: { input: audio.with({ channels: 1 }) },
  outputs: { output: audio },
  create({ samples }) {
    let rest: AudioBuffer | undefined
    return {
      *execute({ input }, context) {
        const kept = rest?.samples ?? new Float32Array()
        const all = context.audio(kept.length + input.length, input.sampleRate)
        all.samples.set(kept)
        all.samples.set(input.samples, kept.length)
        const tail = all.length - (all.length % samples)
        for (let at = 0; at < tail; at += samples) yield { output: all.slice(at, at + samples) }
        rest = all.slice(tail).copy()
      },
      flush: () => ({ output: rest !== undefined && rest.length > 0 ? rest : undefined }),
      reset: () => {
        rest = undefined
      },
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

export const pairs = defineNode({
  type: 'PairsNode',
  summary: 'Joins every two texts.',
  inputs: { input: text },
  outputs: { output: text },
  create: () => ({
    async *stream(inputs) {
      let held: string | undefined
      for await (const { input } of inputs) {
        if (held !== undefined) yield { output: held + input }
        held = held === undefined ? input : undefined
      }
      if (held !== undefined) yield { output: held }
    },
  }),
})

export const ticker = defineNode({
  type: 'TickerNode',
  summary: 'Counts.',
  outputs: { output: number },
  create: () => ({
    *source() {
      for (let n = 0; ; n++) yield { output: n }
    },
  }),
})

export const later = defineNode({
  type: 'LaterNode',
  summary: 'Passes a text on after a while; x fails.',
  params: z.object({ ms: z.number() }),
  inputs: { input: text },
  outputs: { output: text },
  create: ({ ms }) => ({
    async execute({ input }, { clock, signal, count }) {
      await new Promise<void>((resolve) => {
        const timer = clock.setTimeout(resolve, ms)
        signal.addEventListener('abort', () => {
          clock.clearTimeout(timer)
          resolve()
        })
      })
      count('passed')
      if (input === 'x') throw new Error('x is refused')
      return { output: input }
    },
  }),
})

export const both = defineNode({
  type: 'BothNode',
  summary: 'Joins two texts.',
  inputs: { a: text, b: text, mark: text.control('') },
  outputs: { output: text, first: text },
  create: () => ({ execute: ({ a, b, mark }) => ({ output: a + b + mark, first: a }) }),
})
