import { anything, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import type { Row } from '../row.ts'

/** An unpaced source of 4 KB items before a consumer that takes 1 ms for each. */
async function peak(ms: number): Promise<number> {
  const source = defineNode({
    type: 'Flood',
    summary: 'As many items as are taken.',
    outputs: { output: anything },
    create: () => ({
      *source() {
        for (;;) yield { output: new Uint8Array(4096) }
      },
    }),
  })
  const slow = defineNode({
    type: 'Slow',
    summary: 'Takes 1 ms.',
    inputs: { input: anything },
    create: () => ({ execute: () => new Promise<void>((resolve) => setTimeout(resolve, 1)) }),
  })
  const executor = await createExecutor(
    definePipeline({ nodes: { flood: { type: source }, slow: { type: slow, in: { input: 'flood.output' } } } }),
  )
  const session = await executor.open()
  let most = 0
  const end = performance.now() + ms
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    most = Math.max(most, process.memoryUsage().rss)
  }
  const ledger = await session.close()
  if (!ledger.balanced || ledger.delivered < ms / 10)
    throw new Error('too little was delivered, or the ledger is not balanced')
  await executor.close()
  return most / 1e6
}

export const row: Row = {
  name: 'rss_slow_consumer',
  about: 'peak resident memory of a process with an unpaced source and a slow sink',
  unit: 'MB',
  limit: 150,
  prepare: ({ quick }) => ({ ours: () => peak(quick ? 1000 : 5000), baseline: null }),
}
