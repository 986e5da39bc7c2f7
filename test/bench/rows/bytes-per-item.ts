import type { Row } from '../row.ts'
import { chain5, fused, timeChain } from './engine-work.ts'

const n = 100_000

/** The new space is larger than what a run allocates, so that nothing is collected between the two readings. */
export const row: Row = {
  name: 'bytes_per_item',
  about: 'heap allocated for an item through 5 nodes and 6 edges',
  unit: 'bytes',
  limit: 1000,
  nodeFlags: ['--expose-gc', '--min-semi-space-size=512', '--max-semi-space-size=512'],
  prepare() {
    const collect = (globalThis as { gc?: () => void }).gc
    if (collect === undefined) throw new Error('this row needs --expose-gc')
    return {
      ours: async () => {
        collect()
        const before = process.memoryUsage().heapUsed
        await timeChain(n, chain5(), fused)
        const bytes = (process.memoryUsage().heapUsed - before) / n
        if (bytes < 50) throw new Error(`${bytes} bytes: something was collected`)
        return bytes
      },
      baseline: null,
    }
  },
}
