import { anything, defineNode, derived, json, LimitExceededError } from '@anabranch/plugin-sdk'
import { rxjs } from '@anabranch/plugin-sdk/host'
import { z } from 'zod'

/** The most values that wait for their windows to close. */
const MOST = 65_536

interface Waiting {
  readonly record: object
  readonly value: unknown
  readonly ms: number
}

/**
 * Gathers values into windows of media time: `[start, start + size_ms)`, a new one every `slide_ms`, counted from 0.
 *
 * A window is given when a value with a media time behind it arrives, or at the end; one without values is left out. With
 * `slide_ms` below `size_ms` the windows overlap and a value is in several. A value that comes after its last window was
 * given is left out and counted as `late`.
 *
 * Errors: ANB_LIMIT when more than `max_values` wait.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { levels: number },
 *   nodes: { seconds: { type: windowNode, params: { size_ms: 1000 }, in: { input: 'levels' } } },
 * })
 * ```
 */
export const windowNode = defineNode({
  type: 'WindowNode',
  summary: 'Gathers values into tumbling or sliding windows of media time.',
  params: z
    .object({
      size_ms: z.number().positive().describe('Length of a window, ms of media time.'),
      slide_ms: z
        .number()
        .positive()
        .optional()
        .describe('From one start to the next, ms of media time. Default: size_ms, so that no two overlap.'),
      max_values: z.number().int().min(1).max(MOST).default(10_000).describe('Values that may wait for their windows.'),
    })
    .refine(({ size_ms, slide_ms = size_ms }) => slide_ms <= size_ms && size_ms <= slide_ms * 1000, {
      path: ['slide_ms'],
      message: 'slide_ms must be at most size_ms, and at least a thousandth of it',
    }),
  inputs: { input: anything },
  outputs: {
    output: json(z.object({ start_ms: z.number(), end_ms: z.number(), values: z.array(z.unknown()) })),
  },
  time: 'span',
  lineage: 'derived',
  maxHeld: MOST + 1,
  filters: true,
  create: ({ size_ms: size, slide_ms: slide = size, max_values: most }) => ({
    operator: (context) => (inputs) =>
      new (rxjs().Observable)((out) => {
        let waiting: Waiting[] = []
        /** The number of the first window that was not given yet: it starts at that times `slide`. */
        let next = Number.NEGATIVE_INFINITY
        const firstOf = (ms: number) => Math.floor((ms - size) / slide) + 1

        const give = () => {
          const start = next * slide
          const inside = waiting.filter(({ ms }) => ms >= start && ms < start + size)
          next++
          const gone = waiting.filter(({ ms }) => ms < next * slide)
          waiting = waiting.filter(({ ms }) => ms >= next * slide)
          const more = inside.some((each) => waiting.includes(each))
          if (inside.length > 0) {
            const output = { start_ms: start, end_ms: start + size, values: inside.map(({ value }) => value) }
            const records = inside.map(({ record }) => record)
            out.next(derived(records, { output }, { more }))
          }
          // An output settles all that it is made of, or none of it.
          if (more) for (const { record } of gone) out.next(derived(record))
          // Windows without a value are passed over at once, however long the gap.
          if (waiting.length > 0) next = Math.max(next, Math.min(...waiting.map(({ ms }) => firstOf(ms))))
        }
        const subscription = inputs.subscribe({
          next: (record) => {
            const ms = context.envelope.pts / 1000
            while (waiting.length > 0 && ms >= next * slide + size) give()
            if (Math.floor(ms / slide) < next) {
              context.count('late')
              out.next(derived(record))
              return
            }
            if (waiting.length === 0) next = Math.max(next, firstOf(ms))
            waiting.push({ record, value: record.input, ms })
            if (waiting.length > most)
              out.error(
                new LimitExceededError(`more than ${most} values wait for their windows`, {
                  limit: 'max_values',
                  fix: 'raise max_values, or make the windows shorter',
                }),
              )
          },
          error: (error) => out.error(error),
          complete: () => {
            while (waiting.length > 0) give()
            out.complete()
          },
        })
        return () => subscription.unsubscribe()
      }),
  }),
})
