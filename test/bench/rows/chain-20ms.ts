import { defineNode, pcm } from '@anabranch/plugin-sdk'
import type { Row } from '../row.ts'
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

/** Nothing is fused: every node is called by itself, through edges with ledger and metrics. */
export const row: Row = {
  name: 'chain_20ms',
  about: '20 ms at 48 kHz through convert, resample and neural VAD in a graph, not fused',
  unit: 'µs/frame',
  limit: 60,
  warmups: 2,
  prepare({ quick }) {
    const n = quick ? 1000 : 5000
    return {
      ours: async () => {
        const { elapsed, probabilities } = await speechChain({ type: frames(n) })
        if (probabilities !== Math.ceil((n * 320) / 256)) throw new Error(`${probabilities} probabilities`)
        return (elapsed * 1000) / n
      },
      baseline: null,
    }
  },
}
