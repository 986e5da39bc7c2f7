import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { root } from './command.ts'

const example = join(root, 'examples', 'voice-assistant')
const HEADER = 44
/** 20 ms of 16 bits at 48 kHz. */
const FRAME = 1920
const words = (text: string) => text.toLowerCase().replace(/[^a-z ]/g, '')
const read = (path: string) => readFileSync(path).subarray(HEADER)

t.setTimeout(240_000)

t.test('barge-in cancels the reply that is going out, and nothing of the microphone', async (t) => {
  const out = mkdtempSync(join(tmpdir(), 'anabranch-'))
  t.teardown(() => rmSync(out, { recursive: true, force: true }))
  const { stdout } = await promisify(execFile)(process.execPath, [join(example, '.build', 'src', 'main.js'), out])
  t.comment(stdout)
  const lines = stdout.trimEnd().split('\n')
  const { sent, cancelled, ledger, violations } = JSON.parse(lines.pop() as string)
  const said = (who: string) => lines.flatMap((line) => (line.startsWith(who) ? [line.slice(who.length).trim()] : []))
  const expected = JSON.parse(readFileSync(join(example, 'expected.json'), 'utf8'))
  const caller = said('caller').map(words)
  t.equal(caller.length, 3)
  for (const [turn, phrase] of (expected.caller as string[]).entries()) {
    // How the silence falls into the windows of the model differs from run to run, and may cost a word.
    const heard = (caller[turn] ?? '').split(' ')
    const wrong = phrase.split(' ').filter((word, at) => heard[at] !== word)
    t.ok(wrong.length <= 1, `heard: ${caller[turn]}`)
  }
  t.same(said('assistant'), expected.replies)
  t.equal(lines.filter((line) => line.includes('interrupted')).length, 1)

  t.same(violations, [])
  t.match(ledger, { balanced: true, in_flight: 0, failed: 0, dead_lettered: 0 })
  t.ok(ledger.cancelled > 0, 'the frames that led to the reply')
  t.equal(ledger.accepted, ledger.delivered + ledger.filtered + ledger.cancelled)
  t.ok(cancelled.includes('speaker') || cancelled.includes('said'), `cancelled at ${cancelled}`)
  for (const ear of ['heard', 'resample', 'vad', 'start', 'text']) t.notOk(cancelled.includes(ear), ear)

  const heard = read(join(out, 'heard.wav'))
  t.equal(heard.length, 2 * sent, 'every sample that was sent')
  const recording = read(join(root, 'examples', 'captions', 'data', 'two-cities-48k.wav'))
  let at = 0
  for (const [from, to] of [
    [0, 4830],
    [4830, 8540],
    [8540, 13_150],
  ] as const) {
    const phrase = recording.subarray(96 * from, 96 * to)
    t.ok(heard.subarray(at, at + phrase.length).equals(phrase), `the phrase at ${from} ms, bit by bit`)
    at += phrase.length
    while (at < heard.length && heard.subarray(at, at + FRAME).every((byte) => byte === 0)) at += FRAME
  }
  t.equal(at, heard.length, 'and silence')

  // 24 kHz: the first reply and the third whole, of the second 600 ms and more, but not all.
  const [first, second, third] = expected.reply_samples as [number, number, number]
  const ofSecond = read(join(out, 'said.wav')).length / 2 - first - third
  t.ok(ofSecond >= 0.6 * 24_000 && ofSecond < second, `${ofSecond} samples of ${second}`)
})

t.test('a folder that cannot be made is one line', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const run = promisify(execFile)(process.execPath, [join(example, '.build', 'src', 'main.js'), join(file, 'out')])
  const error = await t.rejects(run)
  t.match(error, { code: 1, stdout: '', stderr: /^error: ENOTDIR[^\n]*\n$/ })
})
