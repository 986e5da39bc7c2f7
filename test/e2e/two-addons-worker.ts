import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { gain, type NativeNode } from '@anabranch/nodes-native'
import { AudioBuffer, audio } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'

/** A thread with both addons: frames of one pool go through a node of each. It tells every round; with `rounds` it ends. */
const { plugin, rounds } = workerData as { readonly plugin: string; readonly rounds: number | null }
const { louder }: { louder: NativeNode } = await import(pathToFileURL(plugin).href)

const pipeline = definePipeline({
  inputs: { mic: audio },
  nodes: {
    twice: { type: louder, params: { factor: 2 }, in: { input: 'mic' } },
    same: { type: gain, params: { db: 0 }, in: { input: 'twice.output' } },
  },
})
const executor = await createExecutor(pipeline)
for (let round = 1; rounds === null || round <= rounds; round++) {
  const results = await executor.execute({ mic: new AudioBuffer(new Float32Array(480).fill(round), 48_000) })
  const buffer = results.get('same.output') as AudioBuffer | undefined
  if (buffer === undefined || !buffer.samples.every((sample) => sample === 2 * round))
    throw new Error(`round ${round} gave ${buffer?.samples[0]}`)
  parentPort?.postMessage(round)
}
await executor.close()
