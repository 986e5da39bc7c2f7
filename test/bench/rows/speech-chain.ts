import { audioResample, formatConverter, vad } from '@anabranch/nodes-native'
import { createExecutor, definePipeline, type ExecutorOptions } from '@anabranch/runtime'
import { sink } from './engine-work.ts'

/**
 * Runs what `source` gives on `output` through convert, resample to 16 kHz and neural VAD, as shipped. Gives the time
 * from the opened session to its end in ms, and how many probabilities came out.
 *
 * @throws where the ledger does not balance, or something failed.
 */
export async function speechChain(
  source: object,
  options: ExecutorOptions = {},
): Promise<{ elapsed: number; probabilities: number }> {
  let probabilities = 0
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source,
        convert: { type: formatConverter, in: { input: 'source.output' } },
        resample: { type: audioResample, params: { output_rate: 16_000 }, in: { input: 'convert.output' } },
        vad: { type: vad, in: { input: 'resample.output' } },
        sink: { type: sink(() => void probabilities++), in: { input: 'vad.probability' } },
      },
    } as never),
    options,
  )
  const session = await executor.open()
  const start = performance.now()
  const ledger = await session.end()
  const elapsed = performance.now() - start
  await executor.close()
  if (!ledger.balanced || ledger.failed > 0) throw new Error(`the ledger says ${JSON.stringify(ledger)}`)
  return { elapsed, probabilities }
}
