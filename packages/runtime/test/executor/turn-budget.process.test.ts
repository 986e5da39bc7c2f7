import { createExecutor, definePipeline } from '@anabranch/runtime'
import { test } from 'tap'
import { mapNode, quickSource, sinkTo, upTo } from '../nodes.ts'

/** Holds the thread for so many ms. */
function spin(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

test('turns: nodes that hold the thread for 2 ms a set let timers and I/O run between their sets', async (t) => {
  const heavy = mapNode('Heavy', (n) => {
    spin(2)
    return n
  })
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        from: { type: quickSource(() => upTo(60)) },
        a: { type: heavy, in: { input: 'from.output' } },
        b: { type: heavy, in: { input: 'from.output' } },
        sink: { type: sinkTo(() => undefined), in: { input: 'a.output' } },
      },
    }),
  )
  let turns = 0
  let over = false
  const look = () => {
    turns++
    if (!over) setImmediate(look)
  }
  setImmediate(look)
  const session = await executor.open()
  session.outputs.subscribe()
  const ledger = await session.end()
  over = true
  t.match(ledger, { accepted: 60, in_flight: 0, balanced: true })
  // 120 sets of 2 ms: with 64 sets a step there would be two turns or three.
  t.ok(turns > 60, `${turns} turns of the event loop`)
  await executor.close()
})
