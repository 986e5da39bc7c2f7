import { anything, defineNode, json, type Value } from '@anabranch/plugin-sdk'
import { z } from 'zod'

const field = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'a letter, then letters, digits or "_", at most 64')

/**
 * Makes one record of two streams. How they are joined is said on the node: `join: zip` (the default) takes them in
 * order, `join: latest` pairs every arrival with the newest of the other side, `join: align` pairs by media time within
 * `tolerance_ms`. A side without a partner (`late: emit-alone`) is left out of the record.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { words: text, loudness: number },
 *   nodes: {
 *     both: {
 *       type: joinNode,
 *       params: { left: 'word', right: 'db' },
 *       join: 'align',
 *       tolerance_ms: 20,
 *       in: { left: 'words', right: 'loudness' },
 *     },
 *   },
 * })
 * ```
 */
export const joinNode = defineNode({
  type: 'JoinNode',
  summary: 'Makes one record of two streams.',
  params: z
    .object({
      left: field.default('left').describe('The field of the record that holds the value of `left`.'),
      right: field.default('right').describe('The field of the record that holds the value of `right`.'),
    })
    .refine(({ left, right }) => left !== right, { path: ['right'], message: 'left and right are the same field' }),
  inputs: { left: anything, right: anything },
  outputs: { output: json(z.record(z.string(), z.unknown())) },
  purity: 'pure',
  create: (params) => ({
    execute({ left, right }) {
      const output: Record<string, Value> = {}
      if (left !== undefined) output[params.left] = left as Value
      if (right !== undefined) output[params.right] = right as Value
      return { output }
    },
  }),
})
