import { anything } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { gather, mapNode, pairNode } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

scenario('branches: two run at the same time, each started before the other ended', async (t, stage) => {
  const events: string[] = []
  const branch = (type: string, ms: number) =>
    mapNode(type, async (n, { nodeId, clock }) => {
      events.push(`${nodeId} starts ${n}`)
      await new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
      events.push(`${nodeId} ends ${n}`)
      return n
    })
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: {
        a: { type: branch('Fast', 10), in: { input: 'mic' } },
        b: { type: branch('Slow', 30), in: { input: 'mic' } },
        both: { type: pairNode('Both'), in: { left: 'a.output', right: 'b.output' } },
      },
    }),
  )
  const got = gather(session)
  await session.send({ mic: 0 })
  await session.send({ mic: 1 })
  await stage.clock.advance(100)
  const before = (first: string, second: string) => {
    t.ok(events.includes(first), first)
    t.ok(events.indexOf(first) < events.indexOf(second), `${first} before ${second}`)
  }
  before('a starts 0', 'b ends 0')
  before('b starts 0', 'a ends 0')
  before('a starts 1', 'b ends 0')
  t.same(got, [
    [0, 0],
    [1, 1],
  ])
  await session.end()
})

scenario(
  'branches: sets of one node overlap up to its concurrency, and leave in order unless it says otherwise',
  async (t, stage) => {
    for (const ordered of [true, false]) {
      let inside = 0
      let most = 0
      const node = mapNode(
        'Wide',
        async (ms: number, { clock }) => {
          most = Math.max(most, ++inside)
          await new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
          inside--
          return ms
        },
        { purity: 'pure', concurrency: 3, ordered },
      )
      const session = await stage.open(
        definePipeline({ inputs: { mic: anything }, nodes: { n: { type: node, in: { input: 'mic' } } } }),
      )
      const got = gather(session)
      for (const ms of [40, 10, 20, 5]) await session.send({ mic: ms })
      await settled()
      t.equal(most, 3)
      await stage.clock.advance(100)
      t.same(got, ordered ? [40, 10, 20, 5] : [10, 5, 20, 40])
      await session.end()
    }
  },
)
