import t from 'tap'
import { kills } from './kills.ts'
import { parentKills } from './parents.ts'
import { serverStops } from './stops.ts'

t.setTimeout(300_000)

for (const [how, count] of [
  ['stop', 5],
  ['freeze', 3],
] as const)
  t.test(`the NATS server under load, ${count} times: a ${how} of 1 s loses nothing`, async (t) => {
    const { ledger, delivered, disordered, losses } = await serverStops({ count, seed: 7, ms: 1000, how })
    t.match(ledger, { balanced: true, failed: 0, accepted: delivered, delivered })
    t.same([disordered, losses], [0, 0])
  })

t.test('5 workers that freeze are replaced: at most the window is lost each time, and all of it told', async (t) => {
  const options = { window: 8, count: 5, type: 'WorkNode', seed: 5, signal: 'SIGSTOP' } as const
  const { ledger, delivered, disordered, lost, losses } = await kills(options)
  t.ok(ledger.balanced)
  t.equal(ledger.accepted, delivered + ledger.failed, 'unaccounted: 0')
  t.ok(
    lost.every((each) => each <= 8),
    `lost ${lost.join(', ')}`,
  )
  t.same([disordered, losses], [0, 5])
})

t.test('10 killed parents leave no process and no file behind for longer than 1 s', async (t) => {
  t.match(await parentKills(10), { survivors: 0, files: 0 })
})
