import t from 'tap'
import { kills } from './kills.ts'

t.setTimeout(300_000)

for (const window of [1, 8, 32]) {
  t.test(`10 kills, window ${window}: at most the window is lost each time, and all of it told`, async (t) => {
    const { ledger, delivered, disordered, lost, losses } = await kills({
      window,
      count: 10,
      type: 'WorkNode',
      seed: window,
    })
    t.ok(ledger.balanced)
    t.equal(ledger.accepted, delivered + ledger.failed, 'unaccounted: 0')
    t.equal(disordered, 0)
    t.ok(
      lost.every((each) => each <= window),
      `lost ${lost.join(', ')}`,
    )
    t.equal(
      lost.reduce((sum, each) => sum + each, 0),
      ledger.failed,
    )
    t.equal(losses, 10)
  })

  t.test(`3 kills, window ${window}: a node that may be tried again loses nothing`, async (t) => {
    const { ledger, delivered, disordered } = await kills({ window, count: 3, type: 'PureWorkNode', seed: window })
    t.match(ledger, { balanced: true, failed: 0, accepted: delivered, delivered })
    t.equal(disordered, 0)
  })
}
