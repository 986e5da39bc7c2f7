import type { Row } from '../row.ts'
import { fiveMaps, fused, items, step, timeChain, timeSubject } from './engine-work.ts'

export const row: Row = {
  name: 'chain5_fused',
  about: 'source, one node that does all 5 steps, sink: 2 edges',
  unit: 'ns/item',
  limit: 2,
  warmups: 5,
  prepare({ quick }) {
    const n = items(quick)
    return {
      ours: () => timeChain(n, [step('Fused', fused)], fused),
      baseline: { name: 'five RxJS maps in one pipe', sample: () => timeSubject(n, fiveMaps, fused) },
    }
  },
}
