import { anything, audio, defineNode, definePlugin } from '@anabranch/plugin-sdk'

const FRAME_MS = 20

const speaker = defineNode({
  type: 'SpeakerNode',
  summary:
    'Hands sound on at the speed at which it sounds, as a loudspeaker takes it; an interruption ends it at once.',
  purity: 'effectful',
  inputs: { input: audio },
  outputs: { output: audio, done: anything },
  create: () => ({
    async *execute({ input }, { clock, signal }) {
      const length = (input.sampleRate * FRAME_MS) / 1000
      const begin = clock.now()
      for (let at = 0; at < input.length && !signal.aborted; at += length) {
        yield { output: input.slice(at, Math.min(at + length, input.length)) }
        const due = begin + (1000 * (at + length)) / input.sampleRate
        await new Promise<void>((resolve) => clock.setTimeout(resolve, Math.max(0, due - clock.now())))
      }
      yield { done: { ms: (1000 * input.length) / input.sampleRate } }
    },
  }),
})

export default definePlugin({ name: 'speaker', apiVersion: 1, nodes: [speaker] })
