import { audio, defineNode, definePlugin } from '@anabranch/plugin-sdk'
import { z } from 'zod'

const dcBlocker = defineNode({
  type: 'DcBlockerNode',
  summary: 'Takes out what does not swing: y[n] = x[n] - x[n-1] + pole · y[n-1], for each channel.',
  params: z.strictObject({ pole: z.number().min(0).lt(1).default(0.995).describe('How slowly it forgets.') }),
  inputs: { input: audio },
  outputs: { output: audio },
  create: ({ pole }) => {
    /** The last input and output of each channel. */
    let last: { x: number; y: number }[] = []
    return {
      execute: ({ input }, context) => {
        if (last.length !== input.channels) last = Array.from({ length: input.channels }, () => ({ x: 0, y: 0 }))
        const output = context.audio(input.length, input.sampleRate, input.channels)
        for (const [channel, state] of last.entries())
          for (let at = channel; at < input.samples.length; at += input.channels) {
            const x = input.samples[at] as number
            state.y = x - state.x + pole * state.y
            state.x = x
            output.samples[at] = state.y
          }
        return { output }
      },
      reset: () => {
        last = []
      },
    }
  },
})

export default definePlugin({ name: 'dc-blocker', apiVersion: 1, nodes: [dcBlocker] })
