import { join } from 'node:path'
import { audioFileSource } from '@anabranch/nodes-native'
import type { Row } from '../row.ts'
import { speechChain } from './speech-chain.ts'

const speech = join(import.meta.dirname, '..', '..', '..', '..', 'examples', 'captions', 'data', 'two-cities-48k.wav')
const SECONDS = 44.4

/** From an opened session to its end: what comes before is the start. */
export const row: Row = {
  name: 'file_chain',
  about: '44.4 s of speech: file, convert, resample, neural VAD in 20 ms frames through a graph, as shipped',
  unit: 'x real time',
  better: 'more',
  limit: 500,
  // 44 s are 2,200 frames: V8 goes on compiling over several of them.
  warmups: 5,
  prepare: () => ({
    ours: async () => {
      const { elapsed, probabilities } = await speechChain({ type: audioFileSource, params: { path: speech } })
      if (Math.abs(probabilities - (SECONDS * 16_000) / 256) > 5) throw new Error(`${probabilities} probabilities`)
      return (SECONDS * 1000) / elapsed
    },
    baseline: null,
  }),
}
