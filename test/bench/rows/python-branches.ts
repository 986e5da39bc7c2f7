import { defineNode, number } from '@anabranch/plugin-sdk'
import type { Row } from '../row.ts'
import { pythonPipeline } from './python-pipeline.ts'

/** ms for each number through two branches, each of which is busy for 100 ms, in processes of their own or in one. */
async function branches(count: number, group: string | undefined) {
  const shared = group === undefined ? {} : { placement: { where: 'process', group } }
  const source = defineNode({
    type: 'CountNode',
    summary: 'Counts.',
    outputs: { output: number },
    create: () => ({
      *source() {
        for (let output = 0; output < count; output++) yield { output }
      },
    }),
  })
  const { executor, plugin, close } = await pythonPipeline((node) => {
    const busy = { type: node('BusyNode'), ...shared, in: { input: 'source.output' } }
    return { nodes: { source: { type: source }, left: busy, right: busy } }
  })
  let workers = 0
  return {
    async sample() {
      const session = await executor.open()
      let came = 0
      session.outputs.subscribe(() => void came++)
      workers = (await plugin.host.workers()).length
      const start = performance.now()
      const ledger = await session.end()
      const elapsed = performance.now() - start
      if (!ledger.balanced || came !== 2 * count) throw new Error(`${came} came out of ${2 * count}`)
      if (workers !== (group === undefined ? 2 : 1)) throw new Error(`${workers} workers`)
      return elapsed / count
    },
    close,
  }
}

export const row: Row = {
  name: 'python_branches',
  about: 'a number through two Python nodes that are busy for 100 ms, each in a process of its own',
  unit: 'ms',
  limit: 0.7,
  async prepare({ quick }) {
    const count = quick ? 10 : 30
    const apart = await branches(count, undefined)
    const together = await branches(count, 'both')
    return {
      ours: apart.sample,
      baseline: { name: 'both in one group', sample: together.sample },
      async cleanup() {
        await apart.close()
        await together.close()
      },
    }
  },
}
