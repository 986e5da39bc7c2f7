import { audio, defineNode } from '@anabranch/plugin-sdk'
import { barePython } from '../bare-python.ts'
import type { Row } from '../row.ts'
import { pythonPipeline } from './python-pipeline.ts'

const SAMPLES = 960

const frames = (count: number) =>
  defineNode({
    type: 'FramesNode',
    summary: 'Gives frames of a pool.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        for (let n = 0; n < count; n++) {
          const output = context.audio(SAMPLES, 48_000)
          output.samples.fill(n / count)
          yield { output }
        }
      },
    }),
  })

export const row: Row = {
  name: 'python_stream',
  about: 'frames of 3,840 bytes through a Python node in a graph, up to 32 on their way; every sample touched',
  unit: 'frames/s',
  better: 'more',
  limit: 0.7,
  warmups: 3,
  async prepare({ quick }) {
    const count = quick ? 4000 : 20_000
    let came = 0
    let wrong = 0
    const sink = defineNode({
      type: 'CheckNode',
      summary: 'Compares.',
      inputs: { input: audio },
      create: () => ({
        execute: ({ input }) => {
          if (input.samples[SAMPLES - 1] !== Math.fround(came++ / count)) wrong++
        },
      }),
    })
    const { executor, close } = await pythonPipeline((node) => ({
      nodes: {
        frames: { type: frames(count) },
        echo: { type: node('EchoAudioNode'), in: { input: 'frames.output' } },
        sink: { type: sink, in: { input: 'echo.output' } },
      },
    }))
    const bare = await barePython(count)
    return {
      async ours() {
        came = 0
        const session = await executor.open()
        const start = performance.now()
        const ledger = await session.end()
        const elapsed = performance.now() - start
        if (!ledger.balanced || came !== count || wrong > 0) throw new Error(`${came} came, ${wrong} of them wrong`)
        return (count * 1000) / elapsed
      },
      baseline: {
        name: 'two bare Python processes',
        async sample() {
          const { stream, request } = await bare.measure()
          if (stream < 1.8 * request)
            throw new Error(`the baseline streams ${stream} frames/s, and asks for ${request}`)
          return stream
        },
      },
      async cleanup() {
        await bare.stop()
        await close()
      },
    }
  },
}
