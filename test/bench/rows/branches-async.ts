import { anything, defineNode } from '@anabranch/plugin-sdk'
import type { Row } from '../row.ts'
import { addNode, checkSum, numbers, runGraph, sink } from './engine-work.ts'

/** A node whose every input takes a timer of 1 ms. */
const wait = (type: string) =>
  defineNode({
    type,
    summary: 'Waits 1 ms.',
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({
      execute: async ({ input }) => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        return { output: input }
      },
    }),
  })

/** Both branches of one graph, joined. */
async function concurrent(n: number): Promise<number> {
  let sum = 0
  const ms = await runGraph([
    [numbers(n), {}],
    [wait('Left') as never, { input: 'Numbers.output' }],
    [wait('Right') as never, { input: 'Numbers.output' }],
    [addNode(), { a: 'Left.output', b: 'Right.output' }],
    [
      sink((x) => {
        sum += x
      }),
      { input: 'Add.output' },
    ],
  ])
  checkSum(n, (x) => 2 * x, sum)
  return ms
}

/** The same two branches, one whole graph after the other. */
async function sequential(n: number): Promise<number> {
  let total = 0
  for (const name of ['Left', 'Right']) {
    let sum = 0
    total += await runGraph([
      [numbers(n), {}],
      [wait(name) as never, { input: 'Numbers.output' }],
      [
        sink((x) => {
          sum += x
        }),
        { input: `${name}.output` },
      ],
    ])
    checkSum(n, (x) => x, sum)
  }
  return total
}

export const row: Row = {
  name: 'branches_async',
  about: 'two branches that wait 1 ms an item, in one graph',
  unit: 'ms',
  limit: 0.65,
  prepare({ quick }) {
    const n = quick ? 50 : 150
    return {
      ours: () => concurrent(n),
      baseline: { name: 'the two branches one after the other', sample: () => sequential(n) },
    }
  },
}
