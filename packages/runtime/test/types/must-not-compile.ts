// Mistakes of composers. Not run: only compiled, and each marked line must fail to.
import { audio } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, duplex } from '@anabranch/runtime'
import { captions } from './must-compile.ts'
import { chunker, gain, gate, settled } from './nodes.ts'

const inputs = { mic: audio }
const g = { type: gain, in: { input: 'mic' } } as const

// @ts-expect-error audio into text
definePipeline({ inputs, nodes: { g, s: { type: settled, in: { input: 'g.output' } } } })
// @ts-expect-error an unknown node id
definePipeline({ inputs, nodes: { g, c: { type: gate, in: { input: 'gian.output' } } } })
// @ts-expect-error an unknown output key
definePipeline({ inputs, nodes: { g, c: { type: gate, in: { input: 'g.audio' } } } })
// @ts-expect-error a node that feeds itself
definePipeline({ inputs, nodes: { c: { type: gate, in: { input: 'c.audio' } } } })
// @ts-expect-error a required input is missing
definePipeline({ inputs, nodes: { g, c: { type: gate } } })
// @ts-expect-error required params are missing
definePipeline({ inputs, nodes: { c: { type: chunker, in: { input: 'mic' } } } })
// @ts-expect-error a param of a wrong type
definePipeline({ inputs, nodes: { c: { type: chunker, params: { samples: '160' }, in: { input: 'mic' } } } })
// @ts-expect-error an unknown param
definePipeline({ inputs, nodes: { g: { type: gain, params: { dB: 3 }, in: { input: 'mic' } } } })
// @ts-expect-error an input key that the node does not have
definePipeline({ inputs, nodes: { g: { type: gain, in: { input: 'mic', inptu: 'mic' } } } })
// @ts-expect-error a policy that there is not
definePipeline({ inputs, nodes: { g: { type: gain, in: { input: { from: 'mic', policy: 'drop' } } } } })
// @ts-expect-error an edge option in camel case
definePipeline({ inputs, nodes: { g: { type: gain, in: { input: { from: 'mic', maxMs: 5 } } } } })
// @ts-expect-error a node option that there is not
definePipeline({ inputs, nodes: { g: { type: gain, on_eror: 'skip', in: { input: 'mic' } } } })

export async function wrong() {
  const executor = await createExecutor(captions)
  const session = await executor.open()
  // @ts-expect-error an input that the pipeline does not have
  await session.send({ mike: null })
  // @ts-expect-error a value of another kind
  await session.send({ mic: 'hello' })
  // @ts-expect-error a node that the pipeline does not have
  session.interrupt({ from: ['txet'] })
  // @ts-expect-error a node that the pipeline does not have
  session.control('txet', 1)
  // @ts-expect-error a text has no sampleRate
  session.outputs.subscribe((out) => out.from === 'caption.output' && out.value.sampleRate)
  // @ts-expect-error an output that the pipeline does not have
  session.outputs.subscribe((out) => out.from === 'caption.txet')
  // @ts-expect-error a tap of an output that there is not
  session.tap('louder.outptu')
  // @ts-expect-error the end of a stream at an output that there is not
  duplex(session, { input: 'mic', output: 'caption.txet' })
  const results = await executor.execute()
  // @ts-expect-error an output that the pipeline does not have
  results.get('caption.txet')
  // @ts-expect-error results are not numbers
  const captioned: number | undefined = results.get('caption.output')
  return captioned
}
