import type { Row } from '../row.ts'
import { fused, identity, items, operatorStep, steps, subjectHops, timeChain, timeSubject } from './engine-work.ts'

export const row: Row = {
  name: 'operator_hop',
  about: 'one hop of the operator form, lineage each: (5 operators − none) / 5',
  unit: 'ns/hop',
  limit: 3.5,
  warmups: 5,
  prepare({ quick }) {
    const n = items(quick)
    const operators = () => steps.map((f, at) => operatorStep(`Step${at}`, f))
    return {
      ours: async () => ((await timeChain(n, operators(), fused)) - (await timeChain(n, [], identity))) / 5,
      baseline: {
        name: 'a raw Subject hop',
        sample: () => (timeSubject(n, subjectHops, fused) - timeSubject(n, (source) => source, identity)) / 5,
      },
    }
  },
}
