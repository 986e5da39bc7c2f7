// The program of a thread that ends amid its work: sets of a native node wait in line on a thread of the pool.
import { parentPort } from 'node:worker_threads'
import { audioResample } from '@anabranch/nodes-native'
import { audio, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'

const RATE = 48_000

const endless = defineNode({
  type: 'EndlessNode',
  summary: 'Gives seconds of silence.',
  outputs: { output: audio },
  create: () => ({
    *source(context) {
      for (let n = 0; ; n++) {
        yield { output: context.audio(RATE, RATE) }
        if (n === 40) parentPort?.postMessage('at work')
      }
    },
  }),
})
const sink = defineNode({
  type: 'NothingNode',
  summary: 'Takes all.',
  inputs: { input: audio },
  create: () => ({ execute: () => undefined }),
})
const params = { output_rate: 16_000, quality: 'high' } as const
const executor = await createExecutor(
  definePipeline({
    nodes: {
      source: { type: endless },
      node: { type: audioResample, params, placement: { where: 'thread' }, in: { input: 'source.output' } },
      sink: { type: sink, in: { input: 'node.output' } },
    },
  } as never),
)
await executor.open()
