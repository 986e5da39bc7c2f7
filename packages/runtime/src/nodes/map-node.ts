import { anything, defineNode } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import { compileExpression, EXPRESSION_CHARS } from './expression.ts'

/**
 * Gives what an expression of the Common Expression Language makes of each value. It sees `value`, `pts_ms` and `seq`,
 * and can reach nothing else. Whole numbers come out as numbers, timestamps as text.
 *
 * Errors: ANB_PARAMS for an expression that is none; ANB_INPUTS for a value it cannot be computed for; ANB_MARSHALING
 * for a result that is no plain data.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { rows: anything },
 *   nodes: {
 *     short: { type: mapNode, params: { expression: '{"id": value.id, "total": value.price * value.count}' }, in: { input: 'rows' } },
 *   },
 * })
 * ```
 */
export const mapNode = defineNode({
  type: 'MapNode',
  summary: 'Gives what an expression makes of each value.',
  params: z.object({
    expression: z
      .string()
      .min(1)
      .max(EXPRESSION_CHARS)
      .describe('What to make of `value` (or `pts_ms`, `seq`), in the Common Expression Language.'),
  }),
  inputs: { input: anything },
  outputs: { output: anything },
  purity: 'pure',
  create: ({ expression }) => {
    const compute = compileExpression('MapNode', expression)
    return { execute: ({ input }, context) => ({ output: compute(input, context) }) }
  },
})
