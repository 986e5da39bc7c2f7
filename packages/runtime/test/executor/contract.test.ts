import {
  AudioBuffer,
  audio,
  defineNode,
  InvalidInputsError,
  type NodeExecutor,
  NodeInputs,
  NodeOutputs,
  PluginError,
  text,
} from '@anabranch/plugin-sdk'
import { clip } from '@anabranch/plugin-sdk/testing'
import { definePipeline, Registry } from '@anabranch/runtime'
import { rejected } from '../coded.ts'
import { mapNode, pass, rxNode, sourceOf } from '../nodes.ts'
import { scenario } from '../scenario.ts'

const asked: number[] = []
const telephone = defineNode({
  type: 'TelephoneNode',
  summary: 'Takes 8 kHz alone.',
  purity: 'pure',
  inputs: { input: audio },
  outputs: { output: audio },
  create: () => ({
    validateInputs({ input }) {
      asked.push(input.sampleRate)
      if (input.sampleRate !== 8000)
        throw new InvalidInputsError(`input has ${input.sampleRate} Hz, not 8000`, { key: 'input' })
    },
    execute: ({ input }) => ({ output: input }),
  }),
})

scenario(
  'contract: a rate that does not match is InvalidInputsError by validateInputs, and is not retried',
  async (t, stage) => {
    const executor = await stage.executor(
      definePipeline({
        inputs: { mic: audio },
        nodes: { phone: { type: telephone, retry: { max_retries: 3 }, in: { input: 'mic' } } },
      }),
    )
    const error = await rejected('ANB_INPUTS', executor.execute({ mic: clip.sine(10) }))
    t.equal(error.key, 'input')
    t.equal(error.nodeId, 'phone')
    t.equal(asked.length, 1)
    t.equal(executor.metrics().nodes.phone?.retries, 0)
    t.equal(executor.metrics().nodes.phone?.breaker, 'closed')
    const right = new AudioBuffer(new Float32Array(80), 8000)
    t.equal((await executor.execute({ mic: right })).get('output'), right)
  },
)

class CustomNode implements NodeExecutor {
  readonly nodeType = 'CustomNode'
  readonly runtime = 'javascript'
  execute(inputs: NodeInputs) {
    seenInputs.push(inputs instanceof NodeInputs)
    return NodeOutputs.fromAudioBuffer(
      'output',
      inputs.getAudioBuffer('input').map((s) => s / 2),
    )
  }
}
const seenInputs: boolean[] = []

scenario('contract: implement NodeExecutor, write a factory, register it, run it', async (t, stage) => {
  const registry = new Registry().register('CustomNode', { runtime: 'javascript', create: () => new CustomNode() })
  const executor = await stage.executor(
    { version: 'v1', inputs: { mic: audio }, nodes: { a: { type: 'CustomNode', in: { input: 'mic' } } } },
    { registry },
  )
  const results = await executor.execute({ mic: new AudioBuffer(Float32Array.of(1, -1), 16_000) })
  t.same([...(results.get('output') as AudioBuffer).samples], [0.5, -0.5])
  t.same(seenInputs, [true])
})

/** A hand-written executor that gives what it is told. */
const handWritten = (outputKeys: readonly string[] | undefined, give: (inputs: NodeInputs) => NodeOutputs) =>
  new Registry().register('Hand', {
    runtime: 'javascript',
    create: () => ({
      nodeType: 'Hand',
      runtime: 'javascript',
      ...(outputKeys && { outputKeys }),
      execute: (inputs) => give(inputs),
    }),
  })

scenario('contract: a missing input key names the key and the node', async (t, stage) => {
  const executor = await stage.executor(
    { version: 'v1', inputs: { mic: audio }, nodes: { a: { type: 'Hand', in: { input: 'mic' } } } },
    {
      registry: handWritten(undefined, (inputs) =>
        NodeOutputs.fromAudioBuffer('output', inputs.getAudioBuffer('inptu')),
      ),
    },
  )
  const error = await rejected('ANB_INPUTS', executor.execute({ mic: clip.sine(1) }))
  t.equal(error.key, 'inptu')
  t.equal(error.nodeId, 'a')
  t.match(error.message, /present: input/)
})

scenario('contract: an undeclared output key is an error that names it', async (t, stage) => {
  const plain = defineNode({
    type: 'Plain',
    summary: 'Gives a key beside the right one.',
    purity: 'pure',
    inputs: { input: audio },
    outputs: { output: audio },
    create: () => ({ execute: ({ input }) => ({ output: input, loud: true }) }),
  })
  const executor = await stage.executor(
    definePipeline({ inputs: { mic: audio }, nodes: { p: { type: plain, in: { input: 'mic' } } } }),
  )
  const error = await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: clip.sine(1) }))
  t.match(error.message, /node "p" gave the undeclared key "loud"; declared: output/)
  t.equal(error.retryable, false)
  t.equal(error.nodeId, 'p')
})

scenario(
  'contract: a declared key that is left out emits nothing; an undeclared one that an edge reads must be there',
  async (t, stage) => {
    const nodes = { a: { type: 'Hand', in: { input: 'mic' } }, b: { type: 'Pass', in: { input: 'a.output' } } }
    const pipeline = { version: 'v1' as const, inputs: { mic: text }, nodes }
    const empty = () => new NodeOutputs({})
    const declared = await stage.executor(pipeline, { registry: handWritten(['output'], empty).register('Pass', pass) })
    t.same((await declared.execute({ mic: 'x' })).keys, [])
    const unknown = await stage.executor(pipeline, { registry: handWritten(undefined, empty).register('Pass', pass) })
    const error = await rejected('ANB_NODE_EXECUTION', unknown.execute({ mic: 'x' }))
    t.match(error.message, /node "a" gave no "output", which an edge reads; it gave nothing/)
  },
)

scenario('contract: keys of a hand-written executor become known as they come', async (t, stage) => {
  const give = (inputs: NodeInputs) =>
    new NodeOutputs({ loud: `${inputs.get('input')}!`, soft: inputs.get('input') ?? '' })
  const executor = await stage.executor(
    { version: 'v1', inputs: { mic: text }, nodes: { a: { type: 'Hand', in: { input: 'mic' } } } },
    { registry: handWritten(undefined, give) },
  )
  const results = await executor.execute({ mic: 'hi' })
  t.same([...results.keys].sort(), ['a.loud', 'a.soft'])
  t.equal(results.get('loud'), 'hi!')
})

scenario('contract: a hand-written executor that gives a plain record is told so, by node', async (t, stage) => {
  const executor = await stage.executor(
    { version: 'v1', inputs: { mic: text }, nodes: { a: { type: 'Hand', in: { input: 'mic' } } } },
    { registry: handWritten(undefined, () => ({ output: 1 }) as never) },
  )
  const error = await rejected('ANB_PLUGIN', executor.execute({ mic: 'hi' }))
  t.equal(error.nodeId, 'a')
  t.ok(error instanceof PluginError)
})

const fails = () => {
  throw new Error('broken')
}
const failing = {
  execute: mapNode('FailExecute', fails),
  promise: mapNode('FailPromise', async () => fails()),
  operator: rxNode('FailOperator', () => fails as never),
  source: sourceOf(fails, 'FailSource'),
}
for (const [form, type] of Object.entries(failing))
  scenario(`contract: an error of the ${form} form names the node`, async (t, stage) => {
    const nodes = { here: { type: type as typeof pass, ...(form === 'source' ? {} : { in: { input: 'mic' } }) } }
    const executor = await stage.executor(definePipeline({ inputs: { mic: text }, nodes } as never))
    const error = await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'x' } as never))
    t.equal(error.nodeId, 'here')
    t.match(error.message, /node "here": broken/)
    t.match(error.cause, { message: 'broken' })
  })
