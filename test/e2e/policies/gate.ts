import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineNode, definePlugin, number } from '@anabranch/plugin-sdk'
import { z } from 'zod'

/** Works at one input for as long as there is no file of its turn's number in a folder. */
export const gate = defineNode({
  type: 'GateNode',
  summary: 'Gives a number once it is let through.',
  params: z.object({ folder: z.string() }),
  inputs: { input: number },
  outputs: { output: number },
  create: ({ folder }) => {
    let turn = 0
    return {
      async execute({ input }) {
        const file = `${folder}/${turn++}`
        while (!existsSync(file)) await sleep(1)
        return { output: input }
      },
    }
  },
})

export default definePlugin({ name: 'gate', apiVersion: 1, nodes: [gate] })
