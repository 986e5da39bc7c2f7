import { anything } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { bufferCount } from 'rxjs'
import { rejected, thrown } from '../coded.ts'
import { gate, gather, mapNode, pairNode, pass, rxNode, sinkTo } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

const inputs = { mic: anything }
/** Holds every set until its gate opens. */
function gated(type = 'Gated', concurrency = 1) {
  const open = new Map<unknown, () => void>()
  const signals: AbortSignal[] = []
  const node = mapNode(
    type,
    (value, context) => {
      signals.push(context.signal)
      const { promise, open: resolve } = gate<unknown>()
      open.set(value, () => resolve(value))
      return promise
    },
    { purity: 'effectful', concurrency },
  )
  return { node, open, signals }
}

scenario(
  'interrupt: nothing stale passes; what is sent after it does, and epochs tell them apart',
  async (t, stage) => {
    const { node, open, signals } = gated('Gated', 2)
    const session = await stage.open(
      definePipeline({
        inputs,
        nodes: {
          a: { type: pass, in: { input: 'mic' } },
          g: { type: node, in: { input: 'a.output' } },
          b: { type: pass, in: { input: 'g.output' } },
        },
      }),
    )
    const epochs: number[] = []
    const got = gather(session)
    session.outputs.subscribe(({ envelope }) => epochs.push(envelope.epoch))
    for (let n = 0; n < 6; n++) await session.send({ mic: n })
    await settled()
    t.equal(signals.length, 2)
    t.equal(session.interrupt({ reason: 'barge-in' }), 1)
    t.same(
      signals.map(({ aborted }) => aborted),
      [true, true],
    )
    t.match(signals[0]?.reason, { code: 'ANB_CANCELLED', message: 'barge-in' })
    t.equal(session.ledger().cancelled, 2, 'what executes, at once')
    await settled()
    t.equal(session.ledger().cancelled, 6, 'what is queued, in the next turn')
    open.get(0)?.()
    open.get(1)?.()
    await settled()
    t.same(got, [], 'what a deaf execution gives is ignored')
    await session.send({ mic: 'new' })
    await settled()
    open.get('new')?.()
    const ledger = await session.end()
    t.same(got, ['new'])
    t.same(epochs, [1])
    t.match(ledger, { accepted: 7, cancelled: 6, delivered: 1 })
  },
)

scenario('interrupt: deaf executions keep their slot until they end', async (t, stage) => {
  const { node, open, signals } = gated()
  const session = await stage.open(definePipeline({ inputs, nodes: { g: { type: node, in: { input: 'mic' } } } }))
  const got = gather(session)
  await session.send({ mic: 'old' })
  await settled()
  session.interrupt()
  await session.send({ mic: 'new' })
  await settled()
  t.equal(signals.length, 1, 'the next call waits for the deaf one')
  open.get('old')?.()
  await settled()
  t.equal(signals.length, 2)
  open.get('new')?.()
  await session.end()
  t.same(got, ['new'])
})

scenario('interrupt: a survivor that is queued or executing is not lost, nor aborted', async (t, stage) => {
  const { node, open, signals } = gated()
  const session = await stage.open(
    definePipeline({
      inputs,
      nodes: { g: { type: node, in: { input: 'mic' } }, b: { type: pass, in: { input: 'g.output' } } },
    }),
  )
  const got = gather(session)
  await session.send({ mic: 'executing' }, { survive: true })
  await session.send({ mic: 'stale' })
  await session.send({ mic: 'queued' }, { survive: true })
  await settled()
  session.interrupt()
  t.equal(signals[0]?.aborted, false)
  open.get('executing')?.()
  await settled()
  open.get('queued')?.()
  const ledger = await session.end()
  t.same(got, ['executing', 'queued'])
  t.match(ledger, { accepted: 3, delivered: 2, cancelled: 1 })
})

scenario('interrupt: a survivor in an operator’s hold set is cancelled, and counted', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { p: { type: rxNode('Pairs', () => bufferCount(2)), in: { input: 'mic' } } } }),
  )
  const session = await executor.open()
  const got = gather(session)
  await session.send({ mic: 1 }, { survive: true })
  await settled()
  session.interrupt()
  for (const n of [2, 3]) await session.send({ mic: n })
  const ledger = await session.end()
  t.same(got, [[2, 3]], 'the operator was made anew')
  t.match(ledger, { delivered: 2, cancelled: 1 })
  t.equal(executor.metrics().nodes.p?.cancelled, 1)
})

scenario(
  'interrupt: the source outside the scope goes on, and what waits before the scope lives unless queued',
  async (t, stage) => {
    for (const queued of [false, true]) {
      const { node, open } = gated()
      const heard: unknown[] = []
      const session = await stage.open(
        definePipeline({
          inputs,
          nodes: {
            mic: { type: pass, in: { input: 'mic' } },
            ear: { type: sinkTo(heard), in: { input: 'mic.output' } },
            g: { type: node, in: { input: 'mic.output' } },
          },
        }),
      )
      const got = gather(session)
      for (let n = 0; n < 4; n++) await session.send({ mic: n })
      await settled()
      session.interrupt({ from: ['g'], queued })
      open.get(0)?.()
      for (let n = 4; n < 6; n++) await session.send({ mic: n })
      for (let n = 0; n < 6; n++) {
        await settled()
        open.get(n)?.()
      }
      await session.end()
      t.same(heard, [0, 1, 2, 3, 4, 5])
      t.same(got, queued ? [4, 5] : [1, 2, 3, 4, 5])
    }
  },
)

scenario('interrupt: from inside an execute', async (t, stage) => {
  const inside = mapNode('Inside', (n) => {
    if (n === 2) session.interrupt({ reason: 'from inside' })
    return n
  })
  const session = await stage.open(
    definePipeline({
      inputs,
      nodes: { i: { type: inside, in: { input: 'mic' } }, b: { type: pass, in: { input: 'i.output' } } },
    }),
  )
  const got = gather(session)
  for (let n = 0; n < 5; n++) void session.send({ mic: n })
  await settled()
  await session.send({ mic: 'new' })
  const ledger = await session.end()
  t.equal(got.at(-1), 'new')
  t.notOk(got.includes(2) || got.includes(3) || got.includes(4))
  t.equal(ledger.delivered + ledger.cancelled, 6)
})

scenario('interrupt: one that splits a zip is refused; at a common ancestor it is not', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      inputs,
      nodes: {
        top: { type: pass, in: { input: 'mic' } },
        a: { type: pass, in: { input: 'top.output' } },
        both: { type: pairNode('Both'), in: { left: 'a.output', right: 'top.output' } },
      },
    }),
  )
  const got = gather(session)
  const error = thrown('ANB_MANIFEST', () => session.interrupt({ from: ['a'] }))
  t.match(error.message, /an interrupt from a would cut some inputs of the zip "both"/)
  t.match(error.fix, /common ancestor/)
  session.interrupt({ from: ['top'] })
  await session.send({ mic: 1 })
  await session.end()
  t.same(got, [[1, 1]])
})

scenario(
  'interrupt: of everything, and cancel(), are never a split, though a zip reads a pipeline input',
  async (t, stage) => {
    const session = await stage.open(
      definePipeline({
        inputs,
        nodes: {
          a: { type: pass, in: { input: 'mic' } },
          both: { type: pairNode('Both'), in: { left: 'mic', right: 'a.output' } },
        },
      }),
    )
    t.equal(session.interrupt(), 1)
    const ledger = await session.cancel()
    t.equal(ledger.in_flight, 0)
  },
)

scenario('interrupt: of a node that is not there names the nearest', async (t, stage) => {
  const session = await stage.open(definePipeline({ inputs, nodes: { speaker: { type: pass, in: { input: 'mic' } } } }))
  t.same(thrown('ANB_NODE_NOT_FOUND', () => session.interrupt({ from: ['speeker'] as never })).nearest, ['speaker'])
})

scenario('cancel: everything is cancelled and counted, senders are refused, end() resolves', async (t, stage) => {
  const { node, signals } = gated()
  const session = await stage.open(
    definePipeline({ inputs, nodes: { g: { type: node, in: { input: { from: 'mic', max: 2 } } } } }),
  )
  gather(session)
  for (let n = 0; n < 3; n++) await session.send({ mic: n })
  await settled()
  const waiting = rejected(
    'ANB_CANCELLED',
    (async () => {
      for (;;) await session.send({ mic: 'more' })
    })(),
  )
  await settled()
  const cancelling = session.cancel('enough')
  await waiting
  t.match(signals[0]?.reason, { message: 'enough' })
  await stage.clock.advance(10_000)
  const ledger = await cancelling
  t.equal(ledger.accepted, ledger.cancelled)
  t.equal(ledger.in_flight, 0)
  t.same(await session.end(), ledger)
  await rejected('ANB_CANCELLED', session.send({ mic: 1 }))
  t.equal(session.trySend({ mic: 1 }), false)
})
