import { anything, defineNode } from '@anabranch/plugin-sdk'

/**
 * Passes on the values of several edges as they come; the order within each edge is kept.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { left: text, right: text },
 *   nodes: { all: { type: mergeNode, in: { input: ['left', 'right'] } } },
 * })
 * ```
 */
export const mergeNode = defineNode({
  type: 'MergeNode',
  summary: 'Passes on the values of several edges as they come.',
  inputs: { input: anything },
  outputs: { output: anything },
  join: 'merge',
  purity: 'pure',
  create: () => ({ execute: ({ input }) => ({ output: input }) }),
})
