import { anything, defineNode } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import { sleep } from '../sleep.ts'

/**
 * Lets at most `per_second` values through, by the clock; after a pause up to `burst` at once.
 *
 * `delay` holds a value back until it may pass, which slows what is upstream; `drop` leaves out what comes too early,
 * counted as `throttled`.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { events: anything },
 *   nodes: { calm: { type: throttleNode, params: { per_second: 5, mode: 'drop' }, in: { input: 'events' } } },
 * })
 * ```
 */
export const throttleNode = defineNode({
  type: 'ThrottleNode',
  summary: 'Bounds the rate of values, by delay or by leaving some out.',
  params: z.object({
    per_second: z
      .number()
      .min(0.001)
      .max(1_000_000)
      .describe('Values that may pass, 1/s.')
      .meta({ examples: [20] }),
    burst: z.number().int().min(1).max(1_000_000).default(1).describe('Values that may pass at once after a pause.'),
    mode: z
      .enum(['delay', 'drop'])
      .default('delay')
      .describe('`delay` holds back what comes too early, `drop` leaves it out.'),
  }),
  inputs: { input: anything },
  outputs: { output: anything },
  filters: true,
  create: ({ per_second: rate, burst, mode }) => {
    /** When the next value may pass if nothing had been saved up, ms. */
    let free = Number.NEGATIVE_INFINITY
    const interval = 1000 / rate
    return {
      execute({ input }, context) {
        const { clock, signal } = context
        const now = clock.now()
        const at = Math.max(free, now - (burst - 1) * interval)
        const wait = at - now
        if (wait > 0 && mode === 'drop') {
          context.count('throttled')
          return {}
        }
        free = at + interval
        if (wait <= 0) return { output: input }
        return sleep(clock, wait, signal).then(() => ({ output: input }))
      },
      reset() {
        free = Number.NEGATIVE_INFINITY
      },
    }
  },
})
