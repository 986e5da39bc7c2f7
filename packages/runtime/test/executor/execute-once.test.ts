import { anything } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../coded.ts'
import { emitNode, mapNode, pass, sourceOf, upTo } from '../nodes.ts'
import { scenario } from '../scenario.ts'

const inputs = { mic: anything }
const fork = emitNode('Fork', (value) => ({ output: value }))

scenario('execute: a pipeline returns output, by full and by bare name', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: { a: { type: pass, in: { input: 'mic' } }, b: { type: fork, in: { input: 'a.output' } } },
    }),
  )
  const results = await executor.execute({ mic: 7 })
  t.equal(results.get('b.output'), 7)
  t.equal(results.get('output'), 7)
  t.same(results.keys, ['b.output'])
  t.equal(results.ledger.accepted, 1)
  t.equal(results.ledger.delivered, 1)
  t.ok(results.ledger.balanced)
})

scenario(
  'execute: two final nodes make a bare key ambiguous; an unknown node is said with the nearest',
  async (t, stage) => {
    const executor = await stage.executor(
      definePipeline({
        inputs,
        nodes: { one: { type: pass, in: { input: 'mic' } }, two: { type: pass, in: { input: 'mic' } } },
      }),
    )
    const results = await executor.execute({ mic: 1 })
    t.match(
      (await rejected('ANB_NODE_NOT_FOUND', (async () => results.get('output'))())).message,
      /one\.output, two\.output/,
    )
    const unknown = await rejected('ANB_NODE_NOT_FOUND', (async () => results.get('onr.output' as never))())
    t.same(unknown.nearest, ['one'])
    t.equal(results.get('one.output'), 1)
  },
)

scenario(
  'execute: a node that filters everything gives an empty result, and all is accounted for',
  async (t, stage) => {
    const executor = await stage.executor(
      definePipeline({ inputs, nodes: { none: { type: mapNode('None', () => undefined), in: { input: 'mic' } } } }),
    )
    const results = await executor.execute({ mic: 1 })
    t.equal(results.get('none.output'), undefined)
    t.same(results.all('none.output'), [])
    t.equal(results.ledger.filtered, 1)
  },
)

scenario('execute: sources feed it without inputs; all outputs are kept in order', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: { from: { type: sourceOf(() => upTo(200)) }, a: { type: pass, in: { input: 'from.output' } } },
    }),
  )
  const results = await executor.execute()
  t.same(results.all('a.output'), [...upTo(200)])
  t.equal(results.get('a.output'), 199)
})

scenario('execute: inputs that are missing, unknown or of another kind are refused', async (t, stage) => {
  const executor = await stage.executor(definePipeline({ inputs, nodes: { a: { type: pass, in: { input: 'mic' } } } }))
  t.equal((await rejected('ANB_INPUTS', executor.execute())).key, 'mic')
  const unknown = await rejected('ANB_INPUTS', executor.execute({ mik: 1 } as never))
  t.match(unknown.message, /no input "mik"; did you mean "mic"/)
  t.match((await rejected('ANB_INPUTS', executor.execute({ mic: undefined as never }))).message, /"mic" is undefined/)
})

scenario('execute: an error rejects with its own class, and the next call works', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: {
        picky: {
          type: mapNode('Picky', (n) => {
            if (n < 0) throw new RangeError('below zero')
            return n
          }),
          in: { input: 'mic' },
        },
      },
    }),
  )
  const error = await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: -1 }))
  t.equal(error.nodeId, 'picky')
  t.type(error.cause, RangeError)
  t.equal((await executor.execute({ mic: 3 })).get('output'), 3)
})
