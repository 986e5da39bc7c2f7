import { AudioBuffer, audio, defineNode, describeNode, json, number, operatorNode, text } from '@anabranch/plugin-sdk'
import { debounceTime, distinctUntilChanged, pipe } from 'rxjs'
import { z } from 'zod'

export const gain = defineNode({
  type: 'GainNode',
  summary: 'Multiplies samples by a gain in dB.',
  purity: 'pure',
  params: z.object({ db: z.number().default(0) }),
  inputs: { input: audio, trim: number.control(1) },
  outputs: { output: audio },
  create: ({ db }) => {
    const factor = 10 ** (db / 20)
    return { execute: ({ input, trim }) => ({ output: input.map((s) => s * factor * trim) }) }
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
    let rest = new AudioBuffer(new Float32Array(0), 16_000)
    return {
      *execute({ input }) {
        for (let at = 0; at < input.length; at += samples) yield { output: input.slice(at, at + samples) }
        rest = input.copy()
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

export const segment = json(z.object({ start_ms: z.number(), end_ms: z.number() }))
export const gate = defineNode({
  type: 'GateNode',
  summary: 'Marks speech by level.',
  params: z.object({ threshold: z.number().default(0.01) }),
  inputs: { input: audio },
  outputs: { audio, segment },
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

export const transcribe = describeNode({
  type: 'TranscribeNode',
  summary: 'Speech to text.',
  inputs: { input: audio },
  outputs: { output: text },
})

export const caption = defineNode({
  type: 'CaptionNode',
  summary: 'Text with its time.',
  join: 'align',
  inputs: { text, segment },
  outputs: { output: text },
  create: () => ({ execute: ({ text, segment }) => ({ output: `${segment.start_ms} ${text}` }) }),
})
