import type { Row } from '../row.ts'
import { chain5, fiveMaps, fused, items, timeChain, timeSubject } from './engine-work.ts'

/** Reported without a limit: a pipe of maps is one chain of calls, without queues, bounds or accounts. */
export const row: Row = {
  name: 'chain5_vs_rxjs',
  about: 'source, 5 nodes, sink: 6 edges, against no edges at all',
  unit: 'ns/item',
  warmups: 5,
  prepare({ quick }) {
    const n = items(quick)
    return {
      ours: () => timeChain(n, chain5(), fused),
      baseline: { name: 'five RxJS maps in one pipe', sample: () => timeSubject(n, fiveMaps, fused) },
    }
  },
}
