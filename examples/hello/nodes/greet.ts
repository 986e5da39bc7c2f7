import { anything, defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
import { z } from 'zod'

const greet = defineNode({
  type: 'GreetNode',
  summary: 'Greets whoever comes.',
  purity: 'pure',
  params: z.object({ greeting: z.string().default('Hello') }),
  inputs: { input: anything },
  outputs: { output: text },
  create: ({ greeting }) => ({
    execute: ({ input }) => ({ output: `${greeting}, ${(input as { name: string }).name}!` }),
  }),
})

export default definePlugin({ name: 'hello', apiVersion: 1, nodes: [greet] })
