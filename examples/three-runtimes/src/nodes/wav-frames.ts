import { type AudioBuffer, audio, type Clock, defineNode, type NodeContext } from '@anabranch/plugin-sdk'
import type { Wav } from '../wav/read-wav.ts'

export interface WavFramesOptions {
  /** Gives each frame when it would have been spoken; else as fast as they are taken. */
  readonly realtime: boolean
  /** Sees each frame before it goes out. */
  readonly onFrame: (frame: AudioBuffer, seq: number) => void
}

const FRAMES_PER_SECOND = 50

/** Samples of one channel in a frame of 20 ms. */
const frameLength = (wav: Wav) => Math.round(wav.sampleRate / FRAMES_PER_SECOND)

export const frameCount = (wav: Wav) => Math.ceil(wav.samples.length / (frameLength(wav) * wav.channels))

/** A source: a recording in frames of 20 ms, in shared memory. The last one may be shorter. */
export const wavFrames = (wav: Wav, { realtime, onFrame }: WavFramesOptions) =>
  defineNode({
    type: 'WavFramesNode',
    summary: 'Gives a recording in frames of 20 ms.',
    outputs: { output: audio },
    create: () => ({
      source: (context) => {
        const frames = framesOf(wav, context, onFrame)
        return realtime ? paced(frames, context.clock) : frames
      },
    }),
  })

function* framesOf(wav: Wav, context: NodeContext, onFrame: WavFramesOptions['onFrame']) {
  const size = frameLength(wav) * wav.channels
  for (let seq = 0; seq * size < wav.samples.length; seq += 1) {
    const part = wav.samples.subarray(seq * size, (seq + 1) * size)
    const frame = context.audio(part.length / wav.channels, wav.sampleRate, wav.channels)
    part.forEach((sample, i) => {
      frame.samples[i] = sample / 32_768
    })
    onFrame(frame, seq)
    yield { output: frame }
  }
}

/** Each item when the time of those before it has passed. */
async function* paced<T>(items: Iterable<T>, clock: Clock): AsyncIterable<T> {
  const start = clock.now()
  let count = 0
  for (const item of items) {
    const due = start + (count * 1000) / FRAMES_PER_SECOND
    await new Promise((resolve) => clock.setTimeout(() => resolve(undefined), Math.max(0, due - clock.now())))
    yield item
    count += 1
  }
}
