import { definePipeline } from '@anabranch/runtime'
import { mapNode, stdinSource, stdoutSink } from '@anabranch/runtime/nodes'
import type { Example } from '../example.ts'

/** Every line of standard input with its length before it. */
export function standardStreams(): Example {
  const pipeline = definePipeline({
    nodes: {
      lines: { type: stdinSource },
      longer: {
        type: mapNode,
        params: { expression: 'string(value.size()) + " " + value' },
        in: { input: 'lines.output' },
      },
      print: { type: stdoutSink, in: { input: 'longer.output' } },
    },
  })
  return { pipeline }
}
