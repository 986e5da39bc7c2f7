import { anything, defineNode, json } from '@anabranch/plugin-sdk'
import { rxjs } from '@anabranch/plugin-sdk/host'
import { z } from 'zod'
import { LONGEST_MS } from '../sleep.ts'

/** The most values that a batch may be told to hold. */
const MOST = 65_536

/**
 * Gathers values into arrays: one as soon as it has `count` values, or `ms` after its first value, and the rest at the
 * end. A batch has the media time of its first value, and covers all of them.
 *
 * There is always such a time: a graph whose other branch waits for the batch goes on, or is told that it cannot.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { rows: anything },
 *   nodes: { batch: { type: batchNode, params: { count: 100, ms: 250 }, in: { input: 'rows' } } },
 * })
 * ```
 */
export const batchNode = defineNode({
  type: 'BatchNode',
  summary: 'Gathers values into arrays, by count and by time.',
  params: z.object({
    count: z.number().int().min(1).max(MOST).default(1000).describe('Values in a full batch.'),
    ms: z
      .number()
      .min(0)
      .max(LONGEST_MS)
      .default(60_000)
      .describe('How long the first value of a batch waits for others, ms of the clock.'),
  }),
  inputs: { input: anything },
  outputs: { output: json(z.array(z.unknown())) },
  time: 'span',
  lineage: 'span',
  timed: true,
  maxHeld: MOST + 1,
  create: ({ count, ms }) => ({
    operator:
      ({ clock }) =>
      (inputs) =>
        new (rxjs().Observable)((out) => {
          let values: unknown[] = []
          let timer: unknown = null
          const stopTimer = () => {
            if (timer !== null) clock.clearTimeout(timer)
            timer = null
          }
          const give = () => {
            stopTimer()
            if (values.length === 0) return
            const output = values
            values = []
            out.next({ output })
          }
          const subscription = inputs.subscribe({
            next: ({ input }) => {
              values.push(input)
              if (values.length >= count) give()
              else if (timer === null) timer = clock.setTimeout(give, ms)
            },
            error: (error) => out.error(error),
            complete: () => {
              give()
              out.complete()
            },
          })
          return () => {
            stopTimer()
            subscription.unsubscribe()
          }
        }),
  }),
})
