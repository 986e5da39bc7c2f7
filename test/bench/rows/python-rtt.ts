import { AudioBuffer, audio } from '@anabranch/plugin-sdk'
import { barePython } from '../bare-python.ts'
import type { Row } from '../row.ts'
import { pythonPipeline } from './python-pipeline.ts'

export const row: Row = {
  name: 'python_rtt',
  about: 'one frame of 3,840 bytes at a time through a Python node in a graph: from send to its output, median',
  unit: 'µs',
  limit: 1.3,
  warmups: 4,
  async prepare({ quick }) {
    const count = quick ? 300 : 1000
    const { executor, close } = await pythonPipeline((node) => ({
      inputs: { given: audio },
      nodes: { echo: { type: node('EchoAudioNode'), in: { input: 'given' } } },
    }))
    const session = await executor.open()
    const given = new AudioBuffer(new Float32Array(960).fill(0.5), 48_000)
    const outputs = session.outputs[Symbol.asyncIterator]()
    const bare = await barePython(count)
    return {
      async ours() {
        const times: number[] = []
        for (let n = 0; n < count; n++) {
          const start = performance.now()
          await session.send({ given })
          const { value } = await outputs.next()
          times.push((performance.now() - start) * 1000)
          if ((value.value as unknown as AudioBuffer).samples[959] !== 0.5) throw new Error('it came back changed')
        }
        return times.sort((a, b) => a - b)[count >> 1] as number
      },
      baseline: { name: 'a bare request in Python', sample: async () => (await bare.measure()).rtt },
      async cleanup() {
        await bare.stop()
        await session.cancel()
        await close()
      },
    }
  },
}
