import { AudioBuffer, defineNode } from '@anabranch/plugin-sdk'
import t from 'tap'
import { failures, frames, head } from './broken.ts'

t.test('testNode: C25, an input that is written to', async (t) => {
  const writing = defineNode({
    ...head,
    create: () => ({
      execute: ({ input }) => {
        const output = input.copy()
        input.samples.fill(0)
        return { output }
      },
    }),
  })
  t.same(await failures(writing, frames), ['C25'])
})

t.test('testNode: C26, a view that is kept', async (t) => {
  const keeping = defineNode({
    ...head,
    time: 'samples',
    create: () => {
      let last: AudioBuffer | undefined
      return {
        execute: ({ input }) => {
          const output = last
          last = input
          return { output }
        },
        flush: () => ({ output: last }),
      }
    },
  })
  t.same(await failures(keeping, frames), ['C26'])
})

t.test('testNode: C28, a node that depends on the frames', async (t) => {
  const normalise = {
    ...head,
    create: () => ({
      execute: ({ input }: { input: AudioBuffer }) => {
        const loudest = Math.max(...input.samples.map(Math.abs), 1e-9)
        return { output: input.map((sample) => sample / loudest) }
      },
    }),
  }
  t.same(await failures(defineNode(normalise), frames), ['C28'])
  t.same(await failures(defineNode({ ...normalise, model: true }), frames), [], 'a model may')
})

t.test('testNode: C29, a tail that is lost', async (t) => {
  const cutting = defineNode({
    ...head,
    time: 'samples',
    create: () => {
      let rest = new Float32Array()
      return {
        *execute({ input }) {
          const all = Float32Array.from([...rest, ...input.samples])
          const end = all.length - (all.length % 160)
          if (end > 0) yield { output: new AudioBuffer(all.slice(0, end), input.sampleRate) }
          rest = all.slice(end)
        },
      }
    },
  })
  t.same(await failures(cutting, frames), ['C29'])
})
