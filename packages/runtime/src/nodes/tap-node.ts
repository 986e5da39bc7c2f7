import { inspect } from 'node:util'
import { anything, defineNode } from '@anabranch/plugin-sdk'
import { z } from 'zod'

/**
 * Passes every value on and logs a sample of them: the first, and then every `every`-th, with its media time.
 *
 * Only the head of a value is written: a few levels, a few elements, at most `max_chars`. No getter is called.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { rows: anything },
 *   nodes: { look: { type: tapNode, params: { every: 100, label: 'row' }, in: { input: 'rows' } } },
 * })
 * ```
 */
export const tapNode = defineNode({
  type: 'TapNode',
  summary: 'Passes values on and logs a sample of them.',
  params: z.object({
    every: z.number().int().min(1).default(1).describe('One value of so many is logged.'),
    label: z.string().max(200).default('value').describe('The text of the log line.'),
    level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The level of the log line.'),
    max_chars: z.number().int().min(1).max(10_000).default(200).describe('Characters of a value in the log.'),
  }),
  inputs: { input: anything },
  outputs: { output: anything },
  create: ({ every, label, level, max_chars: most }) => {
    let seen = 0
    return {
      execute({ input }, context) {
        if (seen++ % every === 0) {
          const { seq, pts } = context.envelope
          context.log[level]({ seq, pts_ms: pts / 1000, value: head(input, most) }, label)
        }
        return { output: input }
      },
      reset() {
        seen = 0
      },
    }
  },
})

/** The beginning of a value, in one line. */
function head(value: unknown, most: number): string {
  const said = inspect(typeof value === 'string' ? value.slice(0, most + 1) : value, {
    depth: 3,
    maxArrayLength: 16,
    maxStringLength: most,
    breakLength: Number.POSITIVE_INFINITY,
    customInspect: false,
    getters: false,
  })
  return said.length > most ? `${said.slice(0, most)}…` : said
}
