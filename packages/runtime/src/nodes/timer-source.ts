import { defineNode, number } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import { LONGEST_MS, sleep } from '../sleep.ts'

/**
 * Gives the number of the tick, from 0, at every interval of the clock; the first after one interval.
 *
 * The ticks are due at whole intervals since the start, so that they do not drift. What comes too late because
 * downstream had no room is left out and counted as `ticks_skipped`; the numbers show the gap.
 *
 * @example
 * ```ts
 * definePipeline({ nodes: { every: { type: timerSource, params: { interval_ms: 1000, count: 10 } } } })
 * ```
 */
export const timerSource = defineNode({
  type: 'TimerSource',
  summary: 'Gives a number at every interval of the clock.',
  params: z.object({
    interval_ms: z.number().min(1).max(LONGEST_MS).describe('Time between two ticks, ms.'),
    count: z.number().int().min(1).optional().describe('Ticks to give before it ends. Default: without end.'),
  }),
  outputs: { output: number },
  create: ({ interval_ms: interval, count = Number.POSITIVE_INFINITY }) => ({
    async *source(context) {
      const { clock, signal } = context
      const start = clock.now()
      let tick = 0
      for (let given = 0; given < count; given++) {
        await sleep(clock, start + (tick + 1) * interval - clock.now(), signal)
        if (signal.aborted) return
        const late = Math.floor((clock.now() - start) / interval) - (tick + 1)
        if (late > 0) {
          tick += late
          context.count('ticks_skipped', late)
        }
        yield { output: tick++ }
      }
    },
  }),
})
