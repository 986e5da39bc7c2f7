import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { type Demo, ledgerOf, recording, startDemo } from './three-runtimes.ts'
import { readPlainWav, writeRepeated } from './wav.ts'

const frameLength = 320
const python = /-m anabranch/

test('an interrupt finishes what is on its way, and leaves nothing', async (t) => {
  const demo = startDemo(t, ['--realtime'])
  await demo.says(/25 %/)
  demo.kill('SIGINT')
  t.match(await demo.ended, { code: 130 })
  const { known, accepted, text } = ledgerOf(demo.stdout())
  t.equal(known, accepted)
  t.equal(text, `${accepted} delivered, 0 in flight, balanced`)
  t.ok(accepted >= 89 && accepted < 355, `${accepted} frames`)
  t.equal(readPlainWav(demo.out).samples.length, accepted * frameLength, 'the file holds what came through')
  t.equal(demo.stderr(), '')
  t.same(await demo.left(), [])
})

test('a second interrupt gives up a worker that does not answer', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const long = join(folder, 'long.wav')
  writeRepeated(recording, long, 8)
  // As fast as it goes: every edge is full of frames that wait for Python.
  const demo = startDemo(t, [long])
  await demo.says(/25 %/)
  process.kill(demo.childWith(python), 'SIGSTOP')
  demo.kill('SIGINT')
  await demo.says(/Again to give it up/)
  const start = performance.now()
  demo.kill('SIGINT')
  t.match(await demo.ended, { code: 130 })
  // One second is what a worker has to end by itself; without a heartbeat it would have had 3.5.
  t.ok(performance.now() - start < 3000, `${performance.now() - start} ms`)
  const { known, accepted, text } = ledgerOf(demo.stdout())
  t.equal(known, accepted)
  t.match(text, /\d+ cancelled, 0 in flight, balanced/)
  t.same(await demo.left(), [])
})

test('an interrupt before the processes start leaves nothing', async (t) => {
  const demo = startDemo(t)
  await demo.says(/starting/)
  await interrupted(t, demo)
})

test('an interrupt while the processes start leaves nothing', async (t) => {
  const demo = startDemo(t)
  await demo.startsServer()
  await interrupted(t, demo)
})

async function interrupted(t: Test, demo: Demo): Promise<void> {
  demo.kill('SIGINT')
  t.match(await demo.ended, { code: 130 })
  t.equal(demo.stderr(), '')
  t.same(await demo.left(), [])
}

test('SIGTERM ends it as an interrupt does', async (t) => {
  const demo = startDemo(t, ['--realtime'])
  await demo.says(/Python \d+/)
  demo.kill('SIGTERM')
  t.match(await demo.ended, { code: 143 })
  t.same(await demo.left(), [])
})

test('a killed demo leaves no process and no temporary file', async (t) => {
  const demo = startDemo(t, ['--realtime'])
  await demo.says(/Python \d+/)
  demo.kill('SIGKILL')
  await demo.ended
  t.same(await demo.left(), [])
  t.notOk(existsSync(demo.out), 'half a file has no name')
})
