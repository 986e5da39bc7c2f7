import { anything } from '@anabranch/plugin-sdk'
import { definePipeline, type Session } from '@anabranch/runtime'
import { filter } from 'rxjs'
import { rejected } from '../../coded.ts'
import { gather, mapNode, pairNode, pass, rxNode } from '../../nodes.ts'
import { type Stage, scenario, settled } from '../../scenario.ts'

const inputs = { l: anything, r: anything }
const optional = (late: 'drop' | 'emit-alone' | 'fail') => pairNode('Pair', { join: 'align', toleranceMs: 1, late })
const open = (stage: Stage, late: 'drop' | 'emit-alone' | 'fail', options: object = {}) =>
  stage.open(
    definePipeline({ inputs, nodes: { n: { type: optional(late), ...options, in: { left: 'l', right: 'r' } } } }),
  )
type Sent = [key: 'l' | 'r', pts: number]
async function send(session: Session<typeof inputs>, ...all: Sent[]) {
  for (const [key, pts] of all) await session.send({ [key]: pts } as never, { pts })
}

scenario('align: pairs what is within the tolerance, whatever the order of arrival', async (t, stage) => {
  const session = await open(stage, 'drop')
  const got = gather(session)
  await send(session, ['r', 900], ['r', 5_500], ['l', 0], ['l', 5_000], ['l', 9_000])
  const ledger = await session.end()
  t.same(got, [
    [0, 900],
    [5000, 5500],
  ])
  t.match(ledger, { accepted: 5, delivered: 4 })
  t.equal(ledger.dropped.late, 1)
})

scenario('align: settles a head as soon as the other mark has passed it', async (t, stage) => {
  const session = await open(stage, 'drop')
  const got = gather(session)
  await send(session, ['l', 0], ['r', 3_000])
  await settled()
  t.equal(session.ledger().dropped.late, 1, 'nothing that fits 0 can come on the right any more')
  await send(session, ['l', 3_500])
  await session.end()
  t.same(got, [[3500, 3000]])
})

scenario('align: late: emit-alone gives the set without its partner', async (t, stage) => {
  const session = await open(stage, 'emit-alone')
  const got = gather(session)
  await send(session, ['l', 0], ['r', 3_000], ['l', 3_000], ['l', 9_000])
  const ledger = await session.end()
  t.same(got, [
    [0, undefined],
    [3000, 3000],
    [9000, undefined],
  ])
  t.equal(ledger.delivered, 4)
})

scenario('align: late: fail says which edge has no partner', async (t, stage) => {
  const session = await open(stage, 'fail')
  gather(session)
  await send(session, ['l', 0], ['r', 3_000])
  const error = await rejected('ANB_INPUTS', session.end())
  t.match(error, { nodeId: 'n', key: 'left', message: /no partner within 1 ms for \(inputs\)\.l -> n\.left/ })
})

scenario('align: options of the pipeline go before the spec', async (t, stage) => {
  const session = await open(stage, 'fail', { tolerance_ms: 5, late: 'drop' })
  const got = gather(session)
  await send(session, ['l', 0], ['r', 4_000], ['l', 20_000])
  await session.end()
  t.same(got, [[0, 4000]])
})

scenario('align: beside a filter it does not deadlock, and each that is alone is a counted drop', async (t, stage) => {
  for (const lineage of ['each', 'execute'] as const) {
    const odd =
      lineage === 'each'
        ? rxNode('Odd', () => filter((n: number) => n % 7 === 0), { lineage })
        : mapNode('Odd', (n) => (n % 7 === 0 ? n : undefined))
    const session = await stage.open(
      definePipeline({
        inputs: { mic: anything },
        nodes: {
          odd: { type: odd, in: { input: 'mic' } },
          more: { type: pass, in: { input: 'odd.output' } },
          n: {
            type: pairNode('Pair', { join: 'align' }),
            in: { left: { from: 'mic', max: 2 }, right: { from: 'more.output', max: 2 } },
          },
        },
      }),
    )
    const got = gather(session)
    for (let n = 0; n < 300; n++) await session.send({ mic: n }, { pts: n * 1000 })
    const ledger = await session.end()
    t.same(
      got,
      Array.from({ length: 43 }, (_, n) => [n * 7, n * 7]),
    )
    t.match(ledger, { accepted: 300, delivered: 43 })
    t.equal(ledger.dropped.late, 257)
  }
})

scenario(
  'align: marks that go through nodes say what cannot come, with room left and more to be sent',
  async (t, stage) => {
    const odd = mapNode('Odd', (n) => (n % 7 === 0 ? n : undefined))
    const session = await stage.open(
      definePipeline({
        inputs: { mic: anything },
        nodes: {
          odd: { type: odd, in: { input: 'mic' } },
          more: { type: pass, in: { input: 'odd.output' } },
          n: { type: pairNode('Pair', { join: 'align' }), in: { left: 'mic', right: 'more.output' } },
        },
      }),
    )
    gather(session)
    for (let n = 0; n <= 10; n++) await session.send({ mic: n }, { pts: n * 1000 })
    await settled()
    t.equal(session.ledger().dropped.late, 8, '1–6, 8 and 9')
    t.equal(session.ledger().in_flight, 1)
    await session.end()
  },
)

scenario('align: a failed input fails it, though the other goes on', async (t, stage) => {
  const slow = mapNode('Slow', (n, { clock }) => new Promise((resolve) => clock.setTimeout(() => resolve(n), 1)))
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: {
        slow: { type: slow, in: { input: { from: 'mic', policy: 'error', max: 1 } } },
        n: { type: pairNode('Pair', { join: 'align' }), in: { left: 'slow.output', right: 'mic' } },
      },
    }),
  )
  let ended: unknown
  session.outputs.subscribe({
    error: (error: unknown) => {
      ended = error
    },
  })
  for (let n = 0; n < 10; n++) if (!session.trySend({ mic: n }, { pts: n })) break
  await stage.clock.advance(10)
  t.match(ended, { code: 'ANB_EDGE_OVERFLOW' }, 'without an end of the inputs')
  await rejected('ANB_EDGE_OVERFLOW', session.end())
})
