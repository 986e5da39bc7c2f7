import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { wordErrorRate, wordsOf } from '@anabranch/example-captions/word-error-rate'
import t, { type Test, test } from 'tap'
import { inBrowser } from './browser.ts'
import { anabranch, jsonLines, root } from './command.ts'

const example = join(root, 'examples', 'captions')
const austen = join(root, 'examples', 'three-runtimes', 'data')
const sounds = join(root, 'test', 'e2e', 'sounds')

interface Caption {
  readonly text: string
  readonly start_ms: number
  readonly end_ms: number
  readonly rms_db: number
  readonly peak_db: number
  readonly centre_hz: number
}

t.setTimeout(300_000)

function scratch(t: Test): string {
  const parent = join(root, 'test', '.build')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'captions-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function captioned(out: string, ...more: readonly string[]) {
  const done = await anabranch('examples/captions', ['run', 'pipeline.yaml', '--json', '--set', `out=${out}`, ...more])
  const { result, values } = jsonLines(done)
  const captions = JSON.parse(readFileSync(join(out, 'captions.json'), 'utf8')) as Caption[]
  return { result: result as unknown as Result, lines: values as string[], captions }
}

interface Result {
  readonly ledger: Readonly<Record<string, number | boolean>>
  readonly files: readonly { readonly path: string }[]
  readonly nodes: Readonly<Record<string, { readonly runtime: string; readonly where: string }>>
}

test('captions: speech through Rust, Python and TypeScript', async (t) => {
  const out = join(scratch(t), 'a', 'folder to be made')
  const { result, lines, captions } = await captioned(out, '--report', join(out, 'report.html'))

  t.test('every frame is accounted for, and ran where it should', async (t) => {
    // 44.374 s in frames of 20 ms.
    t.match(result.ledger, { accepted: 2219, delivered: 2219, dropped: 0, failed: 0, in_flight: 0, balanced: true })
    t.match(result.nodes, {
      speech: { runtime: 'native', where: 'inline' },
      transcribe: { runtime: 'python', where: 'process' },
      captions: { runtime: 'javascript', where: 'inline' },
    })
    const files = ['captions.srt', 'captions.vtt', 'captions.json', 'report.html']
    t.same(
      result.files.map(({ path }) => path),
      files.map((name) => join(out, name)),
    )
  })

  t.test('at most 5 % of the words are wrong, and the last ones are there', async (t) => {
    const reference = wordsOf(readFileSync(join(example, 'data', 'two-cities-48k.txt'), 'utf8'))
    const heard = captions.flatMap(({ text }) => wordsOf(text))
    const rate = wordErrorRate(reference, heard)
    t.ok(rate <= 0.05, `word error rate ${rate}`)
    t.same(heard.slice(-4), ['degree', 'of', 'comparison', 'only'])
    t.same(
      lines.map((line) => line.slice(9)),
      captions.map(({ text }) => text),
    )
  })

  t.test('the three files say the same', async (t) => {
    const srt = readFileSync(join(out, 'captions.srt'), 'utf8').trimEnd().split('\n\n')
    const vtt = readFileSync(join(out, 'captions.vtt'), 'utf8').trimEnd().split('\n\n')
    t.equal(vtt.shift(), 'WEBVTT')
    t.equal(srt.length, captions.length)
    for (const [at, { text, start_ms, end_ms }] of captions.entries()) {
      const [number, times, said] = (srt[at] ?? '').split('\n')
      t.equal(number, String(at + 1))
      t.equal(said, text)
      t.same(times?.split(' --> ').map(msOf), [Math.round(start_ms), Math.round(end_ms)])
      t.same(vtt[at]?.split('\n'), [times?.replaceAll(',', '.'), text])
    }
  })

  t.test('each has how it sounded, as NumPy measured', async (t) => {
    const expected = JSON.parse(readFileSync(join(example, 'expected.json'), 'utf8'))
    const windows = expected.rms_db_and_spectrum_db_and_centre_hz as readonly [number, number, number][]
    const power = (db: number) => 10 ** (db / 10)
    const sum = (list: readonly number[]) => list.reduce((all, n) => all + n, 0)
    for (const { start_ms, end_ms, rms_db, peak_db, centre_hz, text } of captions) {
      const during = windows.filter((_, at) => at * 100 < end_ms && (at + 1) * 100 > start_ms)
      const level = 10 * Math.log10(sum(during.map(([db]) => power(db))) / during.length)
      const centre = sum(during.map(([, db, hz]) => power(db) * hz)) / sum(during.map(([, db]) => power(db)))
      t.ok(Math.abs(rms_db - level) < 0.3, `${text}: ${rms_db} dB, ${level} dB`)
      t.ok(peak_db > rms_db && peak_db < 0)
      // The resampler weakens what is above 6.6 kHz; NumPy's measure has all of it up to 8 kHz.
      t.ok(centre_hz < 1.02 * centre && centre_hz > 0.8 * centre, `${text}: ${centre_hz} Hz, ${centre} Hz`)
    }
  })

  t.test('its report, in a browser: sound, captions, times, ledger', (t) => checkReport(t, out, captions))
})

/** The browser loads the page as a file, without the network. */
async function checkReport(t: Test, out: string, captions: readonly Caption[]): Promise<void> {
  await inBrowser(t, join(out, 'report.html'), async (page, texts) => {
    t.match((await texts('#verdict'))[0], /accounted for 2,219 of 2,219, balanced/)
    t.same(
      await texts('#captions button span'),
      captions.map(({ text }) => text),
      'each caption once',
    )
    t.same(await texts('.track .name'), ['vad.segment', 'captions.output'])
    t.equal((await texts('#nodes tr')).length, 1 + 13)
    t.ok((await texts('#edges tr')).length > 15)
    t.match((await texts('#ledger p'))[0], /delivered 2,219/)
    for (const canvas of ['#wave', '#spectrogram'])
      t.ok((await page.$eval(canvas, (element) => (element as unknown as { width: number }).width)) > 400)
    await page.waitForFunction('document.getElementById("player").readyState > 0')
    await page.click('#captions li:nth-child(3) button')
    const from = (captions[2]?.start_ms ?? 0) / 1000
    await page.waitForFunction(`document.getElementById("player").currentTime >= ${from - 0.05}`)
  })
}

function msOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.replace(',', '.').split(':').map(Number)
  return Math.round(1000 * (3600 * hours + 60 * minutes + seconds))
}

/** 16 kHz mono as a stereo file: the other side holds the same, a third as loud. */
function stereo(folder: string): string {
  const mono = readFileSync(join(austen, 'austen-16k.wav'))
  const at = mono.indexOf('data', 12, 'latin1') + 8
  const bytes = Buffer.alloc(44 + 2 * (mono.length - at))
  mono.copy(bytes, 0, 0, 44)
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.writeUInt16LE(2, 22)
  bytes.writeUInt32LE(64_000, 28)
  bytes.writeUInt16LE(4, 32)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(bytes.length - 44, 40)
  for (let from = at, to = 44; from + 1 < mono.length; from += 2, to += 4) {
    bytes.writeInt16LE(mono.readInt16LE(from), to)
    bytes.writeInt16LE(Math.round(mono.readInt16LE(from) / 3), to + 2)
  }
  const path = join(folder, 'stereo.wav')
  writeFileSync(path, bytes)
  return path
}

test('captions: other rates, channels and formats', async (t) => {
  const folder = scratch(t)
  const files = [
    join(austen, 'austen-16k.wav'),
    stereo(folder),
    join(sounds, 'austen-24k.flac'),
    join(sounds, 'austen-44k-stereo.mp3'),
  ]
  const reference = wordsOf(readFileSync(join(austen, 'austen-16k.txt'), 'utf8'))
  for (const file of files)
    await t.test(file.slice(root.length), async (t) => {
      const { captions } = await captioned(join(folder, 'out'), '--set', `input=${file}`)
      const heard = captions.flatMap(({ text }) => wordsOf(text))
      // The model writes "Mr." for "mister", and once hears "Dashwood" as two words or with another ending.
      t.ok(wordErrorRate(reference, heard) <= 0.15, heard.join(' '))
      const words = (text: string) => /leisure to consider how much there might be prudently in his power/.test(text)
      t.ok(words(heard.join(' ')), heard.join(' '))
    })
})

test('captions: what cannot be is one coded line', async (t) => {
  const run = (...set: readonly string[]) =>
    anabranch('examples/captions', ['run', 'pipeline.yaml', '-q', ...set.flatMap((text) => ['--set', text])])
  const folder = scratch(t)
  const none = await run(`out=${folder}`, 'input=none.wav')
  t.match(none, { code: 1, err: /none\.wav/ })
  t.notMatch(none.err, /\n\s+at /, 'no stack')
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const taken = await run(`out=${join(file, 'out')}`)
  t.match(taken, { code: 1, err: /ANB_INPUTS .*captions\.\w+ cannot be written: ENOTDIR/ })
  t.notOk(existsSync(join(file, 'out')))
})
