import { anything, defineNode } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import { LONGEST_MS, sleep } from '../sleep.ts'

/** Values that are under way at once. */
const CONCURRENCY = 256

/**
 * Gives every value `ms` later, by the clock; media time stays. At most 256 values are under way: beyond that it holds
 * back what is upstream.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { events: anything },
 *   nodes: { later: { type: delayNode, params: { ms: 500 }, in: { input: 'events' } } },
 * })
 * ```
 */
export const delayNode = defineNode({
  type: 'DelayNode',
  summary: 'Gives every value some time later.',
  params: z.object({ ms: z.number().min(0).max(LONGEST_MS).describe('How much later, ms of the clock.') }),
  inputs: { input: anything },
  outputs: { output: anything },
  purity: 'pure',
  concurrency: CONCURRENCY,
  create: ({ ms }) => ({
    async execute({ input }, { clock, signal }) {
      await sleep(clock, ms, signal)
      return { output: input }
    },
  }),
})
