import { defineNode, pcm } from '@anabranch/plugin-sdk'
import { speechChain } from './speech-chain.ts'

const LENGTH = 960

/** A source of 16-bit frames of 20 ms at 48 kHz. */
const frames = (n: number) =>
  defineNode({
    type: 'PcmFrames',
    summary: 'Gives frames of 16-bit samples.',
    outputs: { output: pcm },
    create: () => ({
      *source() {
        const samples = Int16Array.from({ length: LENGTH }, (_, i) => 8000 * Math.sin(i / 9))
        for (let i = 0; i < n; i++) yield { output: { samples, sampleRate: 48_000, channels: 1 } }
      },
    }),
  })

/** µs a frame through convert, resample and neural VAD in a graph; checks how many probabilities came out. */
export async function chainWork(n: number, fuse: boolean): Promise<number> {
  const { elapsed, probabilities } = await speechChain({ type: frames(n) }, { fuse })
  if (probabilities !== Math.ceil((n * 320) / 256)) throw new Error(`${probabilities} probabilities`)
  return (elapsed * 1000) / n
}
