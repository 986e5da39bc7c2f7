import { anything, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import type { Row } from '../row.ts'

const pass = defineNode({
  type: 'Pass',
  summary: 'Passes on, a microtask later.',
  inputs: { input: anything },
  outputs: { output: anything },
  create: () => ({ execute: async ({ input }) => ({ output: input }) }),
})

/**
 * From the call of interrupt() to the last stale item that anybody was given, over `times` interrupts of a graph under
 * load; where none is given any more, to the return of the call. The 99th percentile.
 */
async function worst(times: number): Promise<number> {
  let lastDelivery = 0
  let lastId = -1
  const sink = defineNode({
    type: 'Sink',
    summary: 'Notes what arrives, and when.',
    inputs: { input: anything },
    create: () => ({
      execute: ({ input }) => {
        lastId = input as number
        lastDelivery = performance.now()
      },
    }),
  })
  const executor = await createExecutor(
    definePipeline({
      inputs: { x: anything },
      nodes: {
        a: { type: pass, in: { input: 'x' } },
        b: { type: pass, in: { input: 'a.output' } },
        sink: { type: sink, in: { input: 'b.output' } },
      },
    }),
  )
  const session = await executor.open()
  const latencies: number[] = []
  let id = 0
  for (let i = 0; i < times; i++) {
    for (let n = 0; n < 100; n++) await session.send({ x: id++ })
    const stale = id
    const start = performance.now()
    session.interrupt({ queued: true })
    let latency = performance.now() - start
    for (let turn = 0; turn < 5; turn++) {
      await new Promise(setImmediate)
      if (lastDelivery > start && lastId < stale) latency = Math.max(latency, lastDelivery - start)
    }
    latencies.push(latency * 1000)
  }
  const ledger = await session.end()
  if (!ledger.balanced || ledger.cancelled === 0)
    throw new Error('nothing was interrupted, or the ledger is not balanced')
  await executor.close()
  return latencies.sort((a, b) => a - b)[Math.floor(times * 0.99)] as number
}

export const row: Row = {
  name: 'stop_latency',
  about: 'interrupt(): call to the last stale item given to anybody, p99',
  unit: 'µs',
  prepare: ({ quick }) => ({ ours: () => worst(quick ? 100 : 300), baseline: null }),
}
