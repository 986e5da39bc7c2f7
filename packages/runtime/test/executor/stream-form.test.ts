import { anything, defineNode, type Lineage } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../coded.ts'
import { gather, pass, sinkTo, sourceOf, upTo } from '../nodes.ts'
import { type Stage, scenario, settled } from '../scenario.ts'

type Sets = AsyncIterable<{ readonly input: number }>

const streamNode = (
  stream: (sets: Sets) => AsyncIterable<{ output: unknown }>,
  lineage: Exclude<Lineage, 'derived'>,
  maxHeld = 256,
) =>
  defineNode({
    type: 'Stream',
    summary: 'A stream of a test.',
    lineage,
    maxHeld,
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({ stream: stream as never }),
  })

function run(stage: Stage, node: ReturnType<typeof streamNode>, options: object = {}, count = 12) {
  return stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(count)) },
        s: { type: node, in: { input: 'from.output' }, ...options },
        last: { type: pass, in: { input: 's.output' } },
      },
    }),
  )
}

async function* threes(sets: Sets) {
  let kept: number[] = []
  for await (const { input } of sets) {
    kept.push(input)
    if (kept.length < 3) continue
    yield { output: kept }
    kept = []
  }
  if (kept.length > 0) yield { output: kept }
}

scenario(
  'stream: span makes an output of everything taken since the last, and gives its rest at the end',
  async (t, stage) => {
    const executor = await run(stage, streamNode(threes, 'span'), {}, 8)
    const results = await executor.execute()
    t.same(results.all('last.output'), [
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ])
    t.equal(results.ledger.delivered, 8)
    t.match(executor.metrics().nodes.s, { absorbed: 8, produced: 0, filtered: 0 })
  },
)

scenario('stream: each is 1:n of the last set taken, and what gave none is filtered', async (t, stage) => {
  const node = streamNode(async function* (sets) {
    for await (const { input } of sets) {
      if (input % 2 === 1) continue
      yield { output: input }
      yield { output: input }
    }
  }, 'each')
  const executor = await run(stage, node)
  const results = await executor.execute()
  t.same(results.all('last.output'), [0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10])
  t.match(results.ledger, { delivered: 6, filtered: 6 })
  t.match(executor.metrics().nodes.s, { produced: 6, filtered: 6 })
})

for (const lineage of ['each', 'span'] as const)
  scenario(
    `stream: an error goes by the policy, the stream is made anew and marks the gap (${lineage})`,
    async (t, stage) => {
      const node = streamNode(async function* (sets) {
        for await (const { input } of sets) {
          if (input === 5) throw new Error('five')
          yield { output: input }
        }
      }, lineage)
      const failing = await run(stage, node)
      t.match(await rejected('ANB_NODE_EXECUTION', failing.execute()), { nodeId: 's', message: /five/ })
      const session = await (await run(stage, node, { on_error: 'skip' })).open()
      const seen: unknown[] = []
      session.outputs.subscribe(({ value, envelope }) => seen.push(envelope.discont ? `${value}!` : value))
      const ledger = await session.end()
      t.same(seen, [0, 1, 2, 3, 4, '6!', 7, 8, 9, 10, 11])
      t.match(ledger, { delivered: 11, failed: 1 })
    },
  )

scenario(
  'stream: a set is taken only when the body asks, and an output pulled only when there is room',
  async (t, stage) => {
    let asked = 0
    const node = streamNode(async function* (sets) {
      for await (const { input } of sets) {
        asked++
        yield { output: input }
      }
    }, 'each')
    const open: (() => void)[] = []
    const got: unknown[] = []
    const slow = sinkTo((n) => {
      got.push(n)
      return new Promise<void>((resolve) => open.push(resolve))
    })
    const session = await stage.open(
      definePipeline({
        nodes: {
          from: { type: sourceOf(() => upTo(12)) },
          s: { type: node, in: { input: 'from.output' } },
          out: { type: slow, in: { input: { from: 's.output', max: 2 } } },
        },
      }),
    )
    await settled()
    t.same(got, [0])
    t.ok(asked <= 4, `${asked} asked`)
    const ending = session.end()
    for (let n = 0; n < 12; n++) {
      open[n]?.()
      await settled()
    }
    t.equal((await ending).delivered, 12)
  },
)

scenario('stream: span over maxHeld silent inputs is ANB_HELD_LIMIT', async (t, stage) => {
  const silent = streamNode(
    async function* (sets) {
      for await (const { input } of sets) if (input > 1e6) yield { output: input }
    },
    'span',
    8,
  )
  const error = await rejected('ANB_HELD_LIMIT', (await run(stage, silent)).execute())
  t.match(error, { nodeId: 's', limit: 8, fix: /lineage: 'each'/ })
})

scenario(
  'stream: one that leaves early closes its input; one that waits for a promise is no stall',
  async (t, stage) => {
    const early = streamNode(async function* (sets) {
      let count = 0
      for await (const { input } of sets) {
        yield { output: input }
        if (++count === 2) return
      }
    }, 'each')
    const results = await (await run(stage, early)).execute()
    t.same(results.all('last.output'), [0, 1])
    t.equal(results.ledger.dropped.closed, results.ledger.accepted - 2)

    const waits: (() => void)[] = []
    const waiting = streamNode(async function* (sets) {
      for await (const { input } of sets) {
        await new Promise<void>((resolve) => waits.push(resolve))
        yield { output: input }
      }
    }, 'each')
    const session = await (await run(stage, waiting, {}, 1)).open()
    const got = gather(session)
    const ending = session.end()
    await stage.clock.advance(100)
    t.equal(session.error, undefined)
    waits[0]?.()
    await ending
    t.same(got, [0])
  },
)

scenario('stream: an interrupt cancels what is held and makes it anew; the old one is not heard', async (t, stage) => {
  const waits: (() => void)[] = []
  let made = 0
  const node = streamNode(async function* (sets) {
    const own = made++
    for await (const { input } of sets) {
      await new Promise<void>((resolve) => waits.push(resolve))
      yield { output: `${own}: ${input}` }
    }
  }, 'each')
  const session = await stage.open(
    definePipeline({ inputs: { mic: anything }, nodes: { s: { type: node, in: { input: 'mic' } } } }),
  )
  const got = gather(session)
  await session.send({ mic: 1 })
  await settled()
  session.interrupt()
  await session.send({ mic: 2 })
  await settled()
  for (const open of waits) open()
  const ledger = await session.end()
  t.same(got, ['1: 2'])
  t.match(ledger, { accepted: 2, delivered: 1, cancelled: 1 })
})
