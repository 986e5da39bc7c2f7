import { anything } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../coded.ts'
import { gather, mapNode, pass, sourceOf, upTo } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

const counting = (count: number) =>
  definePipeline({
    nodes: { from: { type: sourceOf(() => upTo(count)) }, p: { type: pass, in: { input: 'from.output' } } },
  })

scenario('outputs: for await pulls with backpressure, and sees from, value and envelope', async (t, stage) => {
  let given = 0
  const source = sourceOf(function* () {
    for (; given < 500; given++) yield given
  })
  const session = await stage.open(
    definePipeline({ nodes: { from: { type: source }, p: { type: pass, in: { input: 'from.output' } } } }),
  )
  const got: unknown[] = []
  await settled()
  t.ok(given <= 64 + 64 + 2, `${given} before anybody reads`)
  for await (const { from, value, envelope } of session.outputs) {
    if (got.length === 0) {
      t.match(
        { from, value, seq: envelope.seq, epoch: envelope.epoch },
        { from: 'p.output', value: 0, seq: 0, epoch: 0 },
      )
      t.same(envelope.origin, { source: 'from', seq: 0 })
      t.equal(envelope.session, session.id)
    }
    got.push(value)
    if (got.length === 100) t.ok(given < 300, `${given} while 100 are read`)
  }
  t.same(got, [...upTo(500)])
  t.equal((await session.end()).delivered, 500)
})

scenario(
  'outputs: as an Observable; before the first reader nothing is lost; two readers get all',
  async (t, stage) => {
    const session = await stage.open(counting(20))
    await settled()
    const [one, two] = [gather(session), gather(session)]
    let completed = 0
    session.outputs.subscribe({ complete: () => completed++ })
    await session.end()
    t.same(one, [...upTo(20)])
    t.same(two, one)
    t.equal(completed, 1)
    session.outputs.subscribe({ complete: () => completed++ })
    t.equal(completed, 2, 'one who comes too late is told at once')
  },
)

scenario('outputs: leaving a for await leaves the rest to the next reader', async (t, stage) => {
  const session = await stage.open(counting(20))
  const got: unknown[] = []
  for await (const { value } of session.outputs) if (got.push(value) === 5) break
  for await (const { value } of session.outputs) got.push(value)
  t.same(got, [...upTo(20)])
  await session.end()
})

scenario('outputs: a failed session ends the reader with its error, after what came before', async (t, stage) => {
  const fails = mapNode('Fails', (n) => {
    if (n === 3) throw new Error('three')
    return n
  })
  const session = await stage.open(
    definePipeline({
      nodes: { from: { type: sourceOf(() => upTo(10)) }, f: { type: fails, in: { input: 'from.output' } } },
    }),
  )
  const got: unknown[] = []
  await rejected(
    'ANB_NODE_EXECUTION',
    (async () => {
      for await (const { value } of session.outputs) got.push(value)
    })(),
  )
  t.same(got, [0, 1, 2])
})

scenario(
  'outputs: end() with nobody reading rejects with TimeoutError after drainMs; reading on still works',
  async (t, stage) => {
    const session = await stage.open(counting(20), { drainMs: 500 })
    let error: unknown
    const ended = rejected('ANB_TIMEOUT', session.end()).then((thrown) => {
      error = thrown
    })
    await stage.clock.advance(499)
    t.equal(error, undefined)
    await stage.clock.advance(1)
    await ended
    t.match(error, { message: /wait for a reader since 500 ms/, fix: /read session\.outputs/ })
    t.equal(session.ledger().in_flight, 20)
    const got = gather(session)
    t.equal((await session.end()).delivered, 20)
    t.equal(got.length, 20)
  },
)

scenario('outputs: close() without a reader drops what waits, counted', async (t, stage) => {
  const session = await stage.open(counting(20))
  await settled()
  const ledger = await session.close()
  t.equal(ledger.dropped.closed, ledger.accepted)
  t.equal(ledger.in_flight, 0)
})

scenario('outputs: of several final nodes say whose they are', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: { a: { type: pass, in: { input: 'mic' } }, b: { type: pass, in: { input: 'mic' } } },
    }),
  )
  const seen: string[] = []
  session.outputs.subscribe(({ from, value }) => seen.push(`${from} ${value}`))
  await session.send({ mic: 1 })
  const ledger = await session.end()
  t.same(seen.sort(), ['a.output 1', 'b.output 1'])
  t.match(ledger, { accepted: 1, delivered: 1 }, 'fan-out never multiplies accepted')
})

scenario('send: pipeline inputs after the end are refused', async (t, stage) => {
  const session = await stage.open(
    definePipeline({ inputs: { mic: anything }, nodes: { a: { type: pass, in: { input: 'mic' } } } }),
  )
  gather(session)
  const ending = session.end()
  t.match(await rejected('ANB_CANCELLED', session.send({ mic: 1 })), { message: /has ended/ })
  await ending
  t.match(await rejected('ANB_INPUTS', (await stage.open(counting(1))).send({ x: 1 } as never)), {
    message: /no inputs; its sources feed it/,
  })
})
