import { audio, defineNode, definePlugin } from '@anabranch/plugin-sdk'
import { z } from 'zod' // or any other Standard Schema library

export const gain = defineNode({
  type: 'GainNode',
  summary: 'Multiplies samples by a gain in dB.',
  purity: 'pure',
  params: z.object({ db: z.number().default(0) }),
  inputs: { input: audio },
  outputs: { output: audio },
  create: ({ db }) => {
    const factor = 10 ** (db / 20)
    return { execute: ({ input }) => ({ output: input.map((sample) => sample * factor) }) }
  },
})

export default definePlugin({ name: 'anabranch-plugin-gain', apiVersion: 1, nodes: [gain] })
