import { number } from '@anabranch/plugin-sdk'
import type { Row } from '../row.ts'
import { pythonPipeline } from './python-pipeline.ts'

export const row: Row = {
  name: 'worker_ready',
  about: 'from nothing to the first output of a Python node: server, worker and node are started',
  unit: 'ms',
  prepare: () => ({
    async ours() {
      const { executor, close } = await pythonPipeline((node) => ({
        inputs: { given: number },
        nodes: { echo: { type: node('EchoNode'), in: { input: 'given' } } },
      }))
      const start = performance.now()
      const session = await executor.open()
      await session.send({ given: 7 } as never)
      const { value } = await session.outputs[Symbol.asyncIterator]().next()
      const elapsed = performance.now() - start
      if (value.value !== 7) throw new Error('it did not come back')
      await session.cancel()
      await close()
      return elapsed
    },
    baseline: null,
  }),
}
