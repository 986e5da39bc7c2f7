import { anything, defineNode } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { gather, pass, quickSource, upTo } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

const numbers = definePipeline({
  nodes: {
    from: { type: quickSource(() => upTo(20)) },
    out: { type: pass, in: { input: 'from.output' } },
  },
})

const failing = defineNode({
  type: 'Failing',
  summary: 'One number, then an error.',
  outputs: { output: anything },
  create: () => ({
    *source() {
      yield { output: 1 }
      throw new Error('no more numbers')
    },
  }),
})

scenario('outputs: one who pulls slowly beside one who is pushed loses nothing', async (t, stage) => {
  const session = await stage.open(numbers)
  const pushed = gather(session)
  const pulled: unknown[] = []
  for await (const { value } of session.outputs) {
    pulled.push(value)
    await settled()
    t.ok(pushed.length <= pulled.length + 1, 'the slowest sets the pace')
  }
  t.same(pulled, [...upTo(20)])
  t.same(pushed, pulled)
  t.match(await session.end(), { delivered: 20, balanced: true })
})

scenario('outputs: a slow reader that leaves holds nobody back any more', async (t, stage) => {
  const session = await stage.open(numbers)
  const pushed = gather(session)
  const slow = session.outputs[Symbol.asyncIterator]()
  t.equal((await slow.next()).value?.value, 0)
  await settled()
  t.same(pushed, [0])
  await slow.return?.()
  t.match(await session.end(), { delivered: 20, balanced: true })
  t.same(pushed, [...upTo(20)])
})

scenario('outputs: return ends a pull that waits, and every later one', async (t, stage) => {
  const session = await stage.open(
    definePipeline({ inputs: { value: anything }, nodes: { out: { type: pass, in: { input: 'value' } } } }),
  )
  const reader = session.outputs[Symbol.asyncIterator]()
  const waiting = reader.next()
  await settled()
  await reader.return?.()
  t.same(await waiting, { done: true, value: undefined })
  t.same(await reader.next(), { done: true, value: undefined })
  await session.end()
})

scenario('outputs: a subscriber that throws fails the session, and the process lives', async (t, stage) => {
  const session = await stage.open(numbers)
  let got = 0
  session.outputs.subscribe(() => {
    if (++got === 3) throw new Error('a bug of the reader')
  })
  await t.rejects(session.end(), { code: 'ANB_NODE_EXECUTION', nodeId: '(outputs)', message: /a bug of the reader/ })
  t.equal(got, 3)
  t.match(session.ledger(), { delivered: 2, failed: 18, balanced: true, in_flight: 0 })
})

scenario('outputs: a subscriber without an error handler is no reason to end the process', async (t, stage) => {
  const session = await stage.open(definePipeline({ nodes: { from: { type: failing } } }))
  session.outputs.subscribe(() => undefined)
  await t.rejects(session.end(), { message: /no more numbers/ })
  await settled()
})
