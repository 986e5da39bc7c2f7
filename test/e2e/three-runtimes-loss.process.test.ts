import { type Test, test } from 'tap'
import { type Demo, ledgerOf, startDemo } from './three-runtimes.ts'
import { readPlainWav } from './wav.ts'

const frameLength = 320

/** What holds however a helper process is lost: no frame is, and the end comes soon. */
async function checkLoss(t: Test, demo: Demo, killed: number): Promise<void> {
  const { code, ms } = await demo.ended
  t.equal(code, 0)
  t.ok(ms < 20_000, `it ended after ${Math.round(ms)} ms`)
  t.match(demo.stdout(), new RegExp(`process ${killed}\\b|Python ${killed}\\b`))
  const { known, accepted, text } = ledgerOf(demo.stdout())
  t.equal(known, accepted)
  t.equal(text, `${accepted} delivered, 0 in flight, balanced`)
  t.ok(accepted >= 355, `${accepted} frames`)
  const written = Math.ceil(readPlainWav(demo.out).samples.length / frameLength)
  t.equal(written, accepted, 'what was delivered is in the file')
  t.same(await demo.left(), [])
}

test('a killed Python worker is made anew, told in one line of the log, and costs no frame', async (t) => {
  const demo = startDemo(t, ['--realtime'])
  await demo.says(/25 %/)
  const worker = demo.childWith(/-m anabranch/)
  process.kill(worker, 'SIGKILL')
  await checkLoss(t, demo, worker)
  const lines = demo.stderr().trimEnd().split('\n')
  t.equal(lines.length, 1)
  t.match(JSON.parse(lines[0] as string), {
    level: 40,
    node: 'soften',
    msg: 'a Python worker was lost',
    err: { message: /^the Python worker \d+ of "soften" ended: signal SIGKILL/ },
  })
})

test('a killed NATS server is started again, and costs no frame', async (t) => {
  const demo = startDemo(t, ['--realtime'])
  await demo.says(/25 %/)
  const server = demo.childWith(/^\S*nats-server --config/)
  process.kill(server, 'SIGKILL')
  await checkLoss(t, demo, server)
  t.equal(demo.stderr(), '')
})
