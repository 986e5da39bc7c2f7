import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { recording, startDemo } from './three-runtimes.ts'

const folder = mkdtempSync(join(tmpdir(), 'anabranch-test-'))
const good = readFileSync(recording)

function file(name: string, bytes: Buffer | string): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

function changed(at: number, value: number): Buffer {
  const bytes = Buffer.from(good)
  bytes.writeUInt16LE(value, at)
  return bytes
}

const wrong: readonly (readonly [name: string, args: readonly string[], code: number, said: RegExp])[] = [
  ['a file that is not there', [join(folder, 'none.wav')], 1, /^ANB_INPUTS: .*there is no such file; fix: /],
  ['a text', [file('text.wav', 'and mister john dashwood')], 1, /^ANB_AUDIO_FORMAT: .*is not a wav file; fix: /],
  ['24 bits', [file('24.wav', changed(34, 24))], 1, /^ANB_AUDIO_FORMAT: .*24 bit samples.*; fix: .*pcm_s16le/],
  ['a cut off file', [file('cut.wav', good.subarray(0, 9000))], 1, /^ANB_AUDIO_FORMAT: .*is cut off.*; fix: /],
  ['an unknown option', ['--loud'], 2, /^ANB_PARAMS: .*--loud.*; fix: --help/],
  ['an output nowhere', ['--out', join(folder, 'no', 'such', 'x.wav')], 1, /^ANB_PARAMS: .*cannot write .*; fix: /],
]

test('what is wrong is one line with its code and what to do, and leaves nothing', async (t) => {
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, args, code, said] of wrong)
    await t.test(name, async (t) => {
      const demo = startDemo(t, args)
      t.match(await demo.ended, { code })
      t.match(demo.stderr(), said)
      t.equal(demo.stderr().split('\n').length, 2, 'one line')
      t.notOk(existsSync(demo.out))
      t.same(await demo.left(), [])
    })
})
