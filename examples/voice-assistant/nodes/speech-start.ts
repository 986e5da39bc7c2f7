import { anything, defineNode, definePlugin, number } from '@anabranch/plugin-sdk'
import { z } from 'zod'

const FRAME_MS = 16

const speechStart = defineNode({
  type: 'SpeechStartNode',
  summary: 'Tells where somebody begins to speak, as soon as that is sure.',
  params: z.strictObject({
    threshold: z.number().min(0).max(1).default(0.7).describe('The probability from which on it is speech.'),
    sure_ms: z.number().min(0).default(48).describe('How long it must last, ms.'),
    pause_ms: z.number().min(0).default(500).describe('Shorter pauses belong to what was said before, ms.'),
  }),
  inputs: { input: number },
  outputs: { output: anything },
  filters: true,
  create: ({ threshold, sure_ms, pause_ms }) => {
    let [speech, pause] = [0, pause_ms]
    let told = false
    return {
      execute: ({ input }, context) => {
        const speaks = input >= threshold
        speech = speaks ? speech + FRAME_MS : 0
        pause = speaks ? 0 : pause + FRAME_MS
        if (pause >= pause_ms) told = false
        if (told || speech < sure_ms) return {}
        told = true
        return { output: { start_ms: context.envelope.pts / 1000 } }
      },
    }
  },
})

export default definePlugin({ name: 'speech-start', apiVersion: 1, nodes: [speechStart] })
