import type { Row } from '../row.ts'
import { chainWork } from './chain-work.ts'

/** As shipped: one native call for the three nodes, with the same edges, ledger and metrics. */
export const row: Row = {
  name: 'chain_20ms_fused',
  about: '20 ms at 48 kHz through convert, resample and neural VAD in a graph, fused',
  unit: 'µs/frame',
  limit: 20,
  judged: 'value',
  warmups: 2,
  prepare({ quick }) {
    const n = quick ? 1000 : 5000
    return { ours: () => chainWork(n, true), baseline: { name: 'not fused', sample: () => chainWork(n, false) } }
  },
}
