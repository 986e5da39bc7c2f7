import { anything, defineNode } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { firstValueFrom } from 'rxjs'
import { gather, mapNode, pass, sourceOf } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

const inputs = { mic: anything }

scenario(
  'metrics: first output, from the first item that came to the first that went, once a session',
  async (t, stage) => {
    const { clock } = stage
    const wait = (ms: number) => new Promise<void>((resolve) => void clock.setTimeout(resolve, ms))
    async function* late() {
      await wait(30)
      yield 1
      await wait(500)
      yield 2
    }
    const slow = mapNode('Slow', async (n) => {
      await wait(n === 1 ? 20 : 1)
      return n
    })
    const executor = await stage.executor(
      definePipeline({
        nodes: {
          from: { type: sourceOf({ [Symbol.asyncIterator]: late }) },
          slow: { type: slow, in: { input: 'from.output' } },
          none: { type: mapNode('None', () => undefined), in: { input: 'slow.output' } },
        },
      }),
    )
    const session = await executor.open()
    gather(session)
    await clock.advance(40)
    const first = (node: string) => executor.metrics().nodes[node]?.first_output_us
    t.match(first('from'), { count: 1, max: 30_000 }, 'a source counts from the start')
    t.match(first('slow'), { count: 0 })
    await clock.advance(100)
    t.match(first('slow'), { count: 1, max: 20_000 }, 'while the session is open')
    await clock.advance(1000)
    await session.end()
    t.match(first('from'), { count: 1, max: 30_000 }, 'and after')
    t.match(first('slow'), { count: 1, max: 20_000 })
    t.match(first('none'), { count: 0 }, 'what gives nothing has none')
    const again = await executor.open()
    gather(again)
    await clock.advance(1100)
    await again.end()
    t.match(first('slow'), { count: 2, p50: 20_000 })
  },
)

scenario('metrics: ok and skipped, time of sessions, ledger and memory', async (t, stage) => {
  const picky = mapNode('Picky', (n) => {
    if (n === 2) throw new Error('no')
    return n === 3 ? undefined : n
  })
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { p: { type: picky, on_error: 'skip', in: { input: 'mic' } } } }),
  )
  for (const [n, ms] of [250, 750].entries()) {
    const session = await executor.open()
    gather(session)
    for (let mic = 1; mic <= 3; mic++) await session.send({ mic })
    await stage.clock.advance(ms)
    t.match(executor.metrics().session_us, { count: n }, 'of closed ones')
    t.match(executor.metrics().ledger, { accepted: 3 * (n + 1), in_flight: 0, balanced: true })
    await session.end()
  }
  const metrics = executor.metrics()
  t.match(metrics.nodes.p, { taken: 6, ok: 4, failed: 2, skipped: 2, errors: 2 })
  t.match(metrics.session_us, { count: 2, max: 750_000 })
  t.match(metrics.ledger, { accepted: 6, delivered: 2, filtered: 2, failed: 2, cancelled: 0, balanced: true })
  t.ok(metrics.peak_rss_bytes > 10 << 20 && Number.isInteger(metrics.peak_rss_bytes), `${metrics.peak_rss_bytes} bytes`)
})

scenario('metrics: what is in flight is in the ledger, and in no fate', async (t, stage) => {
  const gate: (() => void)[] = []
  const held = mapNode('Held', (n) => new Promise((resolve) => gate.push(() => resolve(n))))
  const executor = await stage.executor(definePipeline({ inputs, nodes: { h: { type: held, in: { input: 'mic' } } } }))
  const session = await executor.open()
  const out = firstValueFrom(session.outputs)
  for (let mic = 0; mic < 3; mic++) await session.send({ mic })
  await settled()
  t.match(executor.metrics().ledger, { accepted: 3, delivered: 0, in_flight: 3, balanced: true })
  gate[0]?.()
  await out
  t.match(executor.metrics().ledger, { accepted: 3, delivered: 1, in_flight: 2, balanced: true })
  await session.cancel()
  t.match(executor.metrics().ledger, { accepted: 3, in_flight: 0, balanced: true })
})

scenario('metrics: edges are counted over all sessions; ages have one histogram', async (t, stage) => {
  const executor = await stage.executor(definePipeline({ inputs, nodes: { p: { type: pass, in: { input: 'mic' } } } }))
  for (let n = 1; n <= 3; n++) {
    const result = await executor.execute({ mic: n })
    t.equal(result.get('output'), n)
    t.match(executor.metrics().edges['(inputs).mic -> p.input'], {
      pushed: n,
      taken: n,
      depth: 0,
      high_water: 1,
      age_us: { count: n },
    })
  }
})

scenario('metrics: every key is snake_case, and a time or a size says its unit', async (t, stage) => {
  const executor = await stage.executor(definePipeline({ inputs, nodes: { p: { type: pass, in: { input: 'mic' } } } }))
  await executor.execute({ mic: 1 })
  const keys = (value: unknown): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => [...(key.includes('->') ? [] : [key]), ...keys(inner)])
      : []
  for (const key of keys(executor.metrics())) t.match(key, /^[a-z0-9]+(_[a-z]+)*$/)
})

scenario('metrics: an output of a stream took as long as the first set that it is made of', async (t, stage) => {
  const pairs = defineNode({
    type: 'Pairs',
    summary: 'Gives two at a time.',
    lineage: 'span',
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({
      async *stream(sets) {
        let kept: unknown[] = []
        for await (const { input } of sets) {
          kept.push(input)
          if (kept.length < 2) continue
          yield { output: kept }
          kept = []
        }
      },
    }),
  })
  for (const metrics of [true, false]) {
    const executor = await stage.executor(
      definePipeline({ inputs, nodes: { p: { type: pairs, in: { input: 'mic' } } } }),
      { metrics },
    )
    const session = await executor.open()
    gather(session)
    for (const ms of [5, 30, 7, 10]) {
      await stage.clock.advance(ms)
      await session.send({ mic: ms })
      await settled()
    }
    await session.end()
    // By hand: the second came 30 ms after the first, the fourth 10 ms after the third.
    const expected = metrics ? { count: 2, max: 30_000 } : { count: 0 }
    t.match(executor.metrics().nodes.p, { absorbed: 4, execution_us: expected })
  }
})
