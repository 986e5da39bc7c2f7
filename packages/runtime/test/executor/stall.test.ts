import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { anything } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { bufferCount } from 'rxjs'
import { rejected } from '../coded.ts'
import { cpuMs } from '../cpu-ms.ts'
import { gather, mapNode, pairNode, pass, rxNode, sourceOf, upTo } from '../nodes.ts'
import { scenario } from '../scenario.ts'

const batch = rxNode('Batch', () => bufferCount(100))
const join = pairNode('Join')

/** What bufferCount(100) needs never comes: its sibling is full at 64. */
const stalling = definePipeline({
  nodes: {
    from: { type: sourceOf(() => upTo(1000)) },
    batch: { type: batch, in: { input: 'from.output' } },
    join: { type: join, in: { left: 'from.output', right: 'batch.output' } },
  },
})

scenario(
  'stall: source → batch(100) → zip against its 64-deep sibling is ANB_STALL within 100 ms',
  async (t, stage) => {
    const executor = await stage.executor(stalling)
    const start = cpuMs()
    const error = await rejected('ANB_STALL', executor.execute())
    const took = cpuMs() - start
    t.ok(took < 100, `${took} ms of work`)
    t.equal(stage.clock.now(), 0, 'and not a moment of waiting')
    t.same(error.edges, ['from.output -> join.left'])
    t.match(error.message, /items wait on from\.output -> join\.left; sets are held by batch/)
    t.match(error.fix, /raise max/)
  },
)

scenario('stall: with room for the batch it runs', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(1000)) },
        batch: { type: batch, in: { input: 'from.output' } },
        join: { type: join, in: { left: { from: 'from.output', max: 1000 }, right: 'batch.output' } },
      },
    }),
  )
  const results = await executor.execute()
  t.equal(results.all('join.output').length, 10)
  t.ok(results.ledger.balanced)
})

scenario('stall: of inputs that are sent rejects end(), and a send() that waits', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: {
        batch: { type: batch, in: { input: 'mic' } },
        join: { type: join, in: { left: 'mic', right: 'batch.output' } },
      },
    }),
  )
  const sending = (async () => {
    for (let n = 0; n < 200; n++) await session.send({ mic: n })
  })()
  const error = await rejected('ANB_STALL', sending)
  t.same(error.edges, ['(inputs).mic -> join.left'])
  t.equal(session.error, error)
  await rejected('ANB_STALL', session.end())
})

scenario('stall: readers of the outputs are told, and so is whoever listens on the channel', async (t, stage) => {
  const heard: unknown[] = []
  const listen = (message: unknown) => heard.push((message as { error: unknown }).error)
  subscribe('anabranch:stall', listen)
  const session = await stage.open(stalling)
  const error = await rejected(
    'ANB_STALL',
    (async () => {
      for await (const _ of session.outputs);
    })(),
  )
  unsubscribe('anabranch:stall', listen)
  t.same(heard, [error])
  t.ok(stage.log.some(({ level, msg }) => level === 50 && msg === 'the session stalled'))
})

scenario('stall: an interrupt resolves it', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: {
        batch: { type: rxNode('Pairs', () => bufferCount(2)), in: { input: 'mic' } },
        join: { type: join, in: { left: { from: 'mic', max: 1 }, right: 'batch.output' } },
      },
    }),
  )
  await session.send({ mic: 0 })
  await rejected('ANB_STALL', session.send({ mic: 1 }))
  session.interrupt()
  t.equal(session.error, undefined)
  await session.send({ mic: 2 })
  const ledger = await session.cancel()
  t.equal(ledger.accepted, 2)
  t.equal(ledger.cancelled, 2)
})

scenario(
  'stall: an execution that is outstanding, a sender who may still send, a reader still to come are none',
  async (t, stage) => {
    const open: (() => void)[] = []
    const waits = mapNode('Waits', (n) => new Promise((resolve) => open.push(() => resolve(n))))
    const session = await stage.open(
      definePipeline({
        inputs: { mic: anything },
        nodes: { n: { type: waits, in: { input: 'mic' } }, p: { type: pass, in: { input: 'n.output' } } },
      }),
    )
    await session.send({ mic: 1 })
    await stage.clock.advance(1000)
    t.equal(session.error, undefined)
    open[0]?.()
    await stage.clock.advance(1000)
    t.equal(session.error, undefined, 'an output waits for its reader')
    const got = gather(session)
    await stage.clock.advance(1000)
    t.same(got, [1])
    t.equal(session.error, undefined)
    await session.end()
  },
)
