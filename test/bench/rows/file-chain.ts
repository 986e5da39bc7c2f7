import { join } from 'node:path'
import { audioFileSource, audioResample, formatConverter, vad } from '@anabranch/nodes-native'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import type { Row } from '../row.ts'
import { sink } from './engine-work.ts'

const speech = join(import.meta.dirname, '..', '..', '..', '..', 'examples', 'captions', 'data', 'two-cities-48k.wav')
const SECONDS = 44.4

/** From an opened session to its end: what comes before is the start. */
export const row: Row = {
  name: 'file_chain',
  about: '44.4 s of speech: file, convert, resample, neural VAD in 20 ms frames through a graph, as shipped',
  unit: 'x real time',
  better: 'more',
  limit: 500,
  warmups: 2,
  prepare: () => ({
    ours: async () => {
      let probabilities = 0
      const executor = await createExecutor(
        definePipeline({
          nodes: {
            file: { type: audioFileSource, params: { path: speech } },
            convert: { type: formatConverter, in: { input: 'file.output' } },
            resample: { type: audioResample, params: { output_rate: 16_000 }, in: { input: 'convert.output' } },
            vad: { type: vad, in: { input: 'resample.output' } },
            sink: { type: sink(() => void probabilities++), in: { input: 'vad.probability' } },
          },
        } as never),
      )
      const session = await executor.open()
      const start = performance.now()
      const ledger = await session.end()
      const elapsed = performance.now() - start
      await executor.close()
      if (!ledger.balanced || ledger.failed > 0) throw new Error(`the ledger says ${JSON.stringify(ledger)}`)
      if (Math.abs(probabilities - (SECONDS * 16_000) / 256) > 5) throw new Error(`${probabilities} probabilities`)
      return (SECONDS * 1000) / elapsed
    },
    baseline: null,
  }),
}
