import { type Test, test } from 'tap'
import { type Demo, ledgerOf, startDemo } from './demo.ts'
import { readPlainWav } from './wav.ts'

const frameLength = 320

/** What holds however a helper process is lost: a coded line, every frame has a fate, and the end comes soon. */
async function checkLoss(t: Test, demo: Demo, killed: number): Promise<void> {
  const { code, ms } = await demo.ended
  t.equal(code, 1)
  t.ok(ms < 10_000, `it ended after ${Math.round(ms)} ms`)
  t.match(demo.stdout(), new RegExp(`process ${killed}\\b`))
  const { known, accepted, text } = ledgerOf(demo.stdout())
  t.equal(known, accepted)
  t.match(text, /0 in flight, balanced/)
  const [, delivered = '', failed = ''] = /^(\d+) delivered, (\d+) failed/.exec(text) ?? []
  t.ok(Number(failed) > 0, `${failed} frames failed, and are counted`)
  const written = readPlainWav(demo.out).samples.length / frameLength
  t.equal(Number(delivered) + Number(failed), accepted)
  t.equal(written, Number(delivered), 'what was delivered is in the file')
  t.same(await demo.left(), [])
}

test('killing the Python worker is told in one line, and every frame is accounted for', async (t) => {
  const demo = startDemo(t, ['--realtime'])
  await demo.says(/25 %/)
  const worker = demo.childWith(/-m anabranch/)
  process.kill(worker, 'SIGKILL')
  await checkLoss(t, demo, worker)
  t.match(demo.stderr(), /^ANB_WORKER_LOST: the Python worker \d+ of node "soften" ended: signal SIGKILL; fix: .*\n$/)
})

test('killing the NATS server is told, and every frame is accounted for', async (t) => {
  const demo = startDemo(t, ['--realtime'])
  await demo.says(/25 %/)
  const server = demo.childWith(/^\S*nats-server --config/)
  process.kill(server, 'SIGKILL')
  await checkLoss(t, demo, server)
  // Before it there is a log line: the node in the worker could not be closed.
  const line = demo.stderr().trimEnd().split('\n').at(-1) ?? ''
  t.match(line, /^ANB_NOT_AVAILABLE: there is no connection to the NATS server .*; fix: /)
})
