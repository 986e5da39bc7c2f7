import { anything, defineNode, InvalidInputsError } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'
import { z } from 'zod'
import { compileExpression, EXPRESSION_CHARS } from './expression.ts'

/**
 * Passes on the values for which an expression of the Common Expression Language is true. It sees `value`, `pts_ms` and
 * `seq`, and can reach nothing else.
 *
 * Errors: ANB_PARAMS for an expression that is none; ANB_INPUTS for a value it cannot be computed for, such as one
 * without a field that it reads.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { rows: anything },
 *   nodes: {
 *     loud: { type: filterNode, params: { expression: 'value.db > -20 && value.kind == "speech"' }, in: { input: 'rows' } },
 *   },
 * })
 * ```
 */
export const filterNode = defineNode({
  type: 'FilterNode',
  summary: 'Passes on the values for which an expression is true.',
  params: z.object({
    expression: z
      .string()
      .min(1)
      .max(EXPRESSION_CHARS)
      .describe('What must be true of `value` (or `pts_ms`, `seq`), in the Common Expression Language.'),
  }),
  inputs: { input: anything },
  outputs: { output: anything },
  purity: 'pure',
  filters: true,
  create: ({ expression }) => {
    const passes = compileExpression('FilterNode', expression, 'bool')
    return {
      execute({ input }, context) {
        const found = passes(input, context)
        if (typeof found === 'boolean') return found ? { output: input } : {}
        throw new InvalidInputsError(`the expression gives ${describe(found)}, neither true nor false`, {
          key: 'input',
          fix: 'compare: value.level > 0.5',
        })
      },
    }
  },
})
