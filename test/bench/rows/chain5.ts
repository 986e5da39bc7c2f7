import type { Row } from '../row.ts'
import { chain5, fused, items, timeChain, timeStreams } from './engine-work.ts'

export const row: Row = {
  name: 'chain5',
  about: 'source, 5 nodes, sink: 6 edges, nothing fused',
  unit: 'ns/item',
  limit: 1.2,
  warmups: 5,
  prepare({ quick }) {
    const n = items(quick)
    return {
      ours: () => timeChain(n, chain5(), fused),
      baseline: { name: '5 Transforms of node:stream in object mode', sample: () => timeStreams(n) },
    }
  },
}
