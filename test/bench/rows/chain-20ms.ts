import type { Row } from '../row.ts'
import { chainWork } from './chain-work.ts'

/** Every node is called by itself, through edges with ledger and metrics. */
export const row: Row = {
  name: 'chain_20ms',
  about: '20 ms at 48 kHz through convert, resample and neural VAD in a graph, not fused',
  unit: 'µs/frame',
  limit: 60,
  warmups: 2,
  prepare({ quick }) {
    const n = quick ? 1000 : 5000
    return { ours: () => chainWork(n, false), baseline: null }
  },
}
