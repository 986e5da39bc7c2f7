import { anything, defineNode, text } from '@anabranch/plugin-sdk'
import type { Caption } from './caption.ts'
import { clockTime } from './clock-time.ts'

export const captionLine = defineNode({
  type: 'CaptionLineNode',
  summary: 'Makes a line of a caption, for a terminal.',
  purity: 'pure',
  inputs: { input: anything },
  outputs: { output: text },
  create: () => ({
    execute: ({ input }) => {
      const { start_ms, text: said } = input as Caption
      return { output: `${clockTime(start_ms, '.').slice(3, -2)}  ${said}` }
    },
  }),
})
