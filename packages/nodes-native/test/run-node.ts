import { type AudioBuffer, type NodeContext, type NodeExecutor, NodeInputs, NodeOutputs } from '@anabranch/plugin-sdk'
import { standaloneContext } from '@anabranch/plugin-sdk/host'

/** Samples over shared memory. */
export function shared(samples: readonly number[]): Float32Array {
  const view = new Float32Array(new SharedArrayBuffer(samples.length * Float32Array.BYTES_PER_ELEMENT))
  view.set(samples)
  return view
}

/** One frame through a node, outside any graph. Native nodes answer at once. */
export function run(
  node: NodeExecutor,
  buffer: AudioBuffer,
  context: NodeContext = standaloneContext('test'),
): AudioBuffer {
  const result = node.execute?.(new NodeInputs({ input: buffer }), context)
  if (!(result instanceof NodeOutputs)) throw new Error('the node gave no outputs')
  return result.getAudioBuffer('output')
}

/** What a call threw. */
export function thrown(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('it did not throw')
}
