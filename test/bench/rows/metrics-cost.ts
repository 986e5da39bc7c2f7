import type { Row } from '../row.ts'
import { chain5, fused, items, timeChain } from './engine-work.ts'

export const row: Row = {
  name: 'metrics_cost',
  about: 'counting and timing an execution: metrics on − off, by execution',
  unit: 'µs/execution',
  limit: 1,
  prepare({ quick }) {
    const n = items(quick)
    const off = () => timeChain(n, chain5(), fused, { metrics: false })
    const on = () => timeChain(n, chain5(), fused)
    return {
      // Five nodes and the sink. Below zero it is noise, and said as such.
      ours: async () => ((await on()) - (await off())) / 6 / 1000,
      baseline: null,
    }
  },
}
