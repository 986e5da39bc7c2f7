import type { Row } from '../row.ts'
import { chain5, fused, identity, items, subjectHops, timeChain, timeSubject } from './engine-work.ts'

export const row: Row = {
  name: 'edge_hop',
  about: 'one hop, node and edge: (chain of 5 − chain of 0) / 5',
  unit: 'ns/hop',
  limit: 1.3,
  warmups: 5,
  prepare({ quick }) {
    const n = items(quick)
    return {
      ours: async () => ((await timeChain(n, chain5(), fused)) - (await timeChain(n, [], identity))) / 5,
      baseline: {
        name: 'a raw Subject hop',
        sample: () => (timeSubject(n, subjectHops, fused) - timeSubject(n, (source) => source, identity)) / 5,
      },
    }
  },
}
