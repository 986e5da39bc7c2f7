import { connect, map, zip } from 'rxjs'
import type { Row } from '../row.ts'
import { addNode, checkSum, items, numbers, runGraph, sink, step, steps, timeSubject } from './engine-work.ts'

const [left, right] = steps as [(x: number) => number, (x: number) => number]
const both = (x: number) => left(x) + right(x)

async function timeDiamond(n: number): Promise<number> {
  let sum = 0
  const ms = await runGraph([
    [numbers(n), {}],
    [step('Left', left), { input: 'Numbers.output' }],
    [step('Right', right), { input: 'Numbers.output' }],
    [addNode(), { a: 'Left.output', b: 'Right.output' }],
    [
      sink((x) => {
        sum += x
      }),
      { input: 'Add.output' },
    ],
  ])
  checkSum(n, both, sum)
  return (ms * 1e6) / n
}

export const row: Row = {
  name: 'diamond',
  about: 'a fork into 2 nodes and their zip: 5 edges',
  unit: 'ns/item',
  limit: 2,
  warmups: 5,
  prepare({ quick }) {
    const n = items(quick)
    return {
      ours: () => timeDiamond(n),
      baseline: {
        name: 'RxJS connect and zip',
        sample: () =>
          timeSubject(
            n,
            (source) =>
              source.pipe(
                connect((shared) => zip(shared.pipe(map(left)), shared.pipe(map(right)))),
                map(([a, b]) => a + b),
              ),
            both,
          ),
      },
    }
  },
}
