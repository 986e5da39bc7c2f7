import { fileURLToPath } from 'node:url'
import { defineNode, number } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { left, primesBelow, right } from '../heavy-nodes.ts'
import type { Row } from '../row.ts'

const plugins = [fileURLToPath(new URL('../heavy-nodes.js', import.meta.url))]
/** Some 2 ms of work: a hop to a thread costs a twentieth of that. */
const limit = 40_000

const add = defineNode({
  type: 'Add',
  summary: 'Adds two numbers.',
  inputs: { a: number, b: number },
  outputs: { output: number },
  create: () => ({ execute: ({ a, b }) => ({ output: a + b }) }),
})

const branches = (where: 'thread' | 'inline') =>
  createExecutor(
    definePipeline({
      plugins,
      inputs: { limit: number },
      nodes: {
        left: { type: left, in: { input: 'limit' }, placement: { where } },
        right: { type: right, in: { input: 'limit' }, placement: { where } },
        add: { type: add, in: { a: 'left.output', b: 'right.output' } },
      },
    }),
  )
type Branches = Awaited<ReturnType<typeof branches>>

/** ms of a session of `n` items, without its opening. */
async function run(executor: Branches, n: number, expected: number): Promise<number> {
  const session = await executor.open()
  const got: unknown[] = []
  session.outputs.subscribe(({ value }) => got.push(value))
  const start = performance.now()
  for (let i = 0; i < n; i++) await session.send({ limit })
  await session.end()
  const elapsed = performance.now() - start
  if (got.length !== n || got.some((value) => value !== expected)) throw new Error(`got ${got}, not ${expected}`)
  return elapsed
}

export const row: Row = {
  name: 'branches_thread',
  about: 'two CPU-heavy JavaScript branches in one graph, each on a thread',
  unit: 'ms',
  limit: 0.75,
  async prepare({ quick }) {
    const n = quick ? 40 : 120
    const expected = 2 * primesBelow(limit)
    const [threads, inline] = [await branches('thread'), await branches('inline')]
    return {
      ours: () => run(threads, n, expected),
      baseline: { name: 'the same graph on one thread', sample: () => run(inline, n, expected) },
      async cleanup() {
        await threads.close()
        await inline.close()
      },
    }
  },
}
