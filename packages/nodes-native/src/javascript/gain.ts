import { AudioBuffer, type NodeContext, type Value } from '@anabranch/plugin-sdk'
import { frameOf, framesOf } from '@anabranch/plugin-sdk/host'
import { checkSamples } from '../check-samples.ts'
import { samplesOf } from '../samples-of.ts'
import { audioOf, twin } from './twin.ts'

interface GainParams {
  readonly db: number
  readonly in_place: boolean
}

/** `GainNode` in JavaScript: the product of two f32 is exact in f64, so that one rounding gives what f32 hardware gives. */
export const javascriptGain = twin<GainParams>('GainNode', {
  create({ db, in_place }) {
    const factor = Math.fround(10 ** (db / 20))
    return {
      execute({ input }: { readonly input: Value }, context: NodeContext) {
        const from = audioAt(input)
        const inPlace = in_place && isOwn(from, context)
        const to = inPlace ? from : context.audio(from.length, from.sampleRate, from.channels)
        const [read, written] = [from.samples, to.samples]
        for (let i = 0; i < read.length; i++) written[i] = (read[i] as number) * factor
        return { output: to }
      },
      reset: () => undefined,
    }
  },
})

/** An empty frame stays empty. */
function audioAt(value: Value): AudioBuffer {
  const buffer = samplesOf(value, 'input')
  checkSamples(buffer, 'input')
  return buffer instanceof AudioBuffer ? buffer : audioOf(buffer)
}

/** Whether it may be written over: in a graph, where nobody else reads the frame; outside, where it lies in shared memory. */
function isOwn(buffer: AudioBuffer, context: NodeContext): boolean {
  const lender = framesOf(context)
  if (lender === null) return buffer.samples.buffer instanceof SharedArrayBuffer
  const frame = frameOf(buffer)
  return frame !== null && frame.pool === lender.pool && lender.pool.tryUnique(frame.handle)
}
