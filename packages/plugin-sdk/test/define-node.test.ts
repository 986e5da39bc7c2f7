import { audio, defineNode, describeNode, number, text } from '@anabranch/plugin-sdk'
import { recordBody } from '@anabranch/plugin-sdk/host'
import t from 'tap'
import { z } from 'zod'
import { thrown } from './coded.ts'

const repeat = defineNode({
  type: 'RepeatNode',
  summary: 'Says a text several times.',
  purity: 'pure',
  params: z.object({ times: z.number().default(2) }),
  inputs: { input: text, mark: text.control('!') },
  outputs: { output: text, count: number },
  formats: (_, { input }) => ({ output: input }),
  create: ({ times }) => ({
    execute: ({ input, mark }) => ({ output: input.repeat(times) + mark, count: times }),
  }),
})

t.test('defineNode: the spec is what was said, without the functions', async (t) => {
  t.equal(repeat.runtime, 'javascript')
  t.same(Object.keys(repeat.spec).sort(), ['inputs', 'outputs', 'params', 'purity', 'summary', 'type'])
  t.same(repeat.formats?.({ times: 1 }, { input: { channels: 1 }, mark: {} }), { output: { channels: 1 } })
  t.notOk('formats' in defineNode({ type: 'A', summary: 'a.', create: () => ({ *source() {} }) }))
})

t.test('defineNode: create parses params, and makes the contract’s executor', async (t) => {
  const executor = repeat.create({ times: 3 })
  t.equal(executor.nodeType, 'RepeatNode')
  t.equal(executor.runtime, 'javascript')
  t.same(executor.inputKeys, ['input', 'mark'])
  t.same(executor.outputKeys, ['output', 'count'])
  const body = recordBody(repeat.create())
  t.same(body.execute?.({ input: 'a', mark: '?' }, {} as never), { output: 'aa?', count: 2 })
  thrown('ANB_PARAMS', () => repeat.create({ times: 'x' } as never))
  thrown('ANB_PARAMS', () => repeat.create({ tims: 1 } as never))
})

t.test('defineNode: a spec that contradicts itself is refused at once, a body when it is made', async (t) => {
  thrown('ANB_PLUGIN', () => defineNode({ type: 'A-B', summary: 'a.', create: () => ({ *source() {} }) }))
  const bodiless = defineNode({ type: 'A', summary: 'a.', create: () => ({}) as never })
  t.match(thrown('ANB_PLUGIN', () => bodiless.create()).message, /node type "A": it has none/)
})

t.test('defineNode: each create makes a node of its own', async (t) => {
  const counter = defineNode({
    type: 'Counter',
    summary: 'Counts.',
    inputs: { input: audio },
    outputs: { output: number },
    create: () => {
      let seen = 0
      return { execute: () => ({ output: ++seen }) }
    },
  })
  const [one, two] = [recordBody(counter.create()), recordBody(counter.create())]
  one.execute?.({}, {} as never)
  t.same(two.execute?.({}, {} as never), { output: 1 })
})

t.test('describeNode: the spec alone, checked', async (t) => {
  const spec = {
    type: 'TranscribeNode',
    summary: 'Speech to text.',
    inputs: { input: audio },
    outputs: { output: text },
  }
  t.same(Object.keys(describeNode(spec)), ['spec'])
  t.equal(describeNode(spec).spec.type, 'TranscribeNode')
  thrown('ANB_PLUGIN', () => describeNode({ ...spec, summary: '' }))
})
