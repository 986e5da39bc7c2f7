import { defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
import { z } from 'zod'

const scriptedReply = defineNode({
  type: 'ScriptedReplyNode',
  summary: 'Answers what was said by a script: the place for a language model.',
  purity: 'pure',
  params: z.strictObject({ script: z.array(z.strictObject({ heard: z.string(), say: z.string() })) }),
  inputs: { input: text },
  outputs: { output: text },
  filters: true,
  create: ({ script }) => ({
    execute: ({ input }) => {
      const found = script.find(({ heard }) => input.toLowerCase().includes(heard))
      return found === undefined ? {} : { output: found.say }
    },
  }),
})

export default definePlugin({ name: 'scripted-reply', apiVersion: 1, nodes: [scriptedReply] })
