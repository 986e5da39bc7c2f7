import { gain } from '@anabranch/nodes-native'
import { NodeInputs, NodeOutputs, sharedAudio } from '@anabranch/plugin-sdk'
import { standaloneContext } from '@anabranch/plugin-sdk/host'
import type { Row } from '../row.ts'
import { factorOf, frameLength, gainInJavaScript, gainsDb, sampleRate, timeGain } from './gain-frames.ts'

/** A whole call of the node, as a graph makes it: inputs in, outputs out. */
export const row: Row = {
  name: 'native_gain_node',
  about: 'the same as a node: execute(inputs, context)',
  unit: 'ns/frame',
  prepare() {
    const audio = sharedAudio(frameLength, sampleRate)
    const { samples } = audio
    const context = standaloneContext('gain')
    const nodes = gainsDb.map((db) => gain.create({ db, in_place: true }))
    const call = (node: (typeof nodes)[number] | undefined) => () => {
      const outputs = node?.execute?.(new NodeInputs({ input: audio }), context)
      if (!(outputs instanceof NodeOutputs) || outputs.get('output') !== audio) throw new Error('not the same buffer')
    }
    const factors = gainsDb.map(factorOf) as [number, number]
    return {
      ours: () => timeGain(samples, call(nodes[0]), call(nodes[1])),
      baseline: {
        name: 'the same loop in JavaScript',
        sample: () =>
          timeGain(
            samples,
            () => gainInJavaScript(samples, factors[0]),
            () => gainInJavaScript(samples, factors[1]),
          ),
      },
      cleanup: async () => {
        for (const node of nodes) await node.cleanup?.()
      },
    }
  },
}
