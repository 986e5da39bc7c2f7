import { AudioBuffer, type NodeContext, type PcmBuffer, type SampleArray, type Value } from '@anabranch/plugin-sdk'
import { DTYPES, type Dtype } from '../call-block.ts'
import { dtypeOf, samplesIn as viewOf } from '../sample-arrays.ts'
import { SAMPLE_TYPES } from './sample-types.ts'
import { refused, samplesIn, twin } from './twin.ts'

type Layout = 'interleaved' | 'planar'

interface FormatParams {
  readonly from?: Dtype | null
  readonly to: Dtype
  readonly layout: Layout
  readonly channels?: number | null
}

/** `FormatConverterNode` in JavaScript. */
export const javascriptFormatConverter = twin<FormatParams>('FormatConverterNode', {
  formats: ({ to, layout, channels }) => ({
    [to === 'f32' && layout === 'interleaved' ? 'output' : 'pcm']: {
      dtype: to,
      ...(channels == null ? {} : { channels }),
    },
  }),
  create(params) {
    const { to, layout } = params
    const givesAudio = to === 'f32' && layout === 'interleaved'
    return {
      execute({ input }: { readonly input: Value }, context: NodeContext) {
        const buffer = samplesIn(input)
        const { samples, sampleRate, channels } = buffer
        const from = DTYPES[dtypeOf(samples)] as Dtype
        check(params, from, channels)
        const lies: Layout = buffer instanceof AudioBuffer ? 'interleaved' : (buffer.layout ?? 'interleaved')
        const asIs = from === to && (lies === layout || (channels === 1 && givesAudio))
        if (givesAudio) {
          if (asIs) return { output: audioOver(buffer) }
          const output = context.audio(samples.length / channels, sampleRate, channels)
          convert(samples, from, output.samples, to, steps(lies, layout, samples.length, channels))
          return { output }
        }
        if (asIs && !(buffer instanceof AudioBuffer)) return { pcm: { samples, sampleRate, channels, layout } }
        const pcm = empty(to, samples.length)
        convert(samples, from, pcm, to, steps(lies, layout, samples.length, channels))
        return { pcm: { samples: pcm, sampleRate, channels, layout } satisfies PcmBuffer }
      },
      reset: () => undefined,
    }
  },
})

function audioOver(buffer: AudioBuffer | PcmBuffer): AudioBuffer {
  if (buffer instanceof AudioBuffer) return buffer
  return new AudioBuffer(buffer.samples as Float32Array, buffer.sampleRate, buffer.channels)
}

function empty(dtype: Dtype, count: number): SampleArray {
  const bytes = new Uint8Array(new SharedArrayBuffer(count * 8))
  return viewOf(bytes, dtype, count)
}

/** How far apart two samples of one channel lie where they come from and where they go, and two channels. */
interface Steps {
  readonly length: number
  readonly channels: number
  readonly from: { readonly sample: number; readonly channel: number }
  readonly to: { readonly sample: number; readonly channel: number }
}

function steps(from: Layout, to: Layout, count: number, channels: number): Steps {
  const length = count / channels
  const of = (layout: Layout) =>
    layout === 'planar' ? { sample: 1, channel: length } : { sample: channels, channel: 1 }
  return { length, channels, from: of(from), to: of(to) }
}

function convert(from: SampleArray, fromType: Dtype, to: SampleArray, toType: Dtype, steps: Steps): void {
  const { silence, steps: scale } = SAMPLE_TYPES[fromType]
  const { of } = SAMPLE_TYPES[toType]
  for (let channel = 0; channel < steps.channels; channel++) {
    let read = channel * steps.from.channel
    let written = channel * steps.to.channel
    for (let n = 0; n < steps.length; n++) {
      to[written] = of(((from[read] as number) - silence) / scale)
      read += steps.from.sample
      written += steps.to.sample
    }
  }
}

function check(params: FormatParams, from: Dtype, channels: number): void {
  if (params.from != null && params.from !== from)
    throw refused(
      `input "input" has samples of ${from}; \`from\` says ${params.from}`,
      `set \`from\` to ${from}, or leave it out to take any type`,
    )
  if (params.channels != null && params.channels !== channels)
    throw refused(
      `input "input" has ${channels} channels; \`channels\` says ${params.channels}`,
      `put a ChannelMixNode of ${params.channels} channels before it, or leave \`channels\` out`,
    )
}
