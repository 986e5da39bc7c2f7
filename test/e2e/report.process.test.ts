import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { inBrowser } from './browser.ts'
import { anabranch, root } from './command.ts'

const recording = join(root, 'examples', 'three-runtimes', 'data', 'austen-16k.wav')
/** The name and the captions try to be markup. */
const pipeline = `version: v1
metadata: { name: 'a </script><b>report</b>' }
plugins: ['@anabranch/nodes-native', '@anabranch/runtime/nodes']
nodes:
  mic: { type: AudioFileSource, params: { path: ${recording} } }
  vad: { type: VADNode, in: { input: mic.output } }
  said:
    type: MapNode
    params: { expression: '{"start_ms": value.start_ms, "end_ms": value.end_ms, "text": "</script><i>words</i>"}' }
    in: { input: vad.segment }
  faults: { type: FilterNode, params: { expression: 'false' }, in: { input: vad.segment } }
`

test('run --report: a page that a browser shows without an error, and without the network', async (t) => {
  const folder = mkdtempSync(join(root, 'test', '.build', 'report-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'p.yaml'), pipeline)
  const file = join(folder, 'report.html')
  const done = await anabranch('.', ['run', join(folder, 'p.yaml'), '--report', file, '-q'])
  t.match(done, { code: 0, err: '' })
  t.notMatch(readFileSync(file, 'utf8').replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\//, 'it asks nobody')

  await inBrowser(t, file, async (page, texts) => {
    t.same(await texts('h1'), ['a </script><b>report</b>'], 'names are text')
    t.match((await texts('#verdict'))[0], /^ok · accounted for 355 of 355, balanced · .* × real time$/)
    t.equal((await texts('#nodes tr')).length, 5)
    t.equal((await texts('#edges tr')).length, 6, 'three of the pipeline, two to the outputs')
    t.match((await texts('#ledger p'))[0], /delivered \d+/)
    t.equal((await texts('#captions button')).length, 1)
    t.match((await texts('#captions button'))[0], /^0:00\.3<\/script><i>words<\/i>$/)
    t.same(await texts('.track .name'), ['vad.segment', 'said.output'])
    t.equal((await texts('#graph svg text')).length >= 8, true)

    // What is drawn is not one colour.
    const colours = (id: string) =>
      page.$eval(id, (element) => {
        const canvas = element as unknown as { width: number; height: number; getContext(kind: '2d'): never }
        const context = canvas.getContext('2d') as { getImageData(...at: number[]): { data: Uint8ClampedArray } }
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
        const seen = new Set<number>()
        for (let at = 0; at < data.length; at += 4)
          seen.add(((data[at] as number) << 16) | ((data[at + 1] as number) << 8) | (data[at + 3] as number))
        return seen.size
      })
    t.ok((await colours('#wave')) > 1)
    t.ok((await colours('#spectrogram')) > 50)

    const seconds = () =>
      page.$eval('#player', (element) => (element as unknown as { currentTime: number }).currentTime)
    await page.waitForFunction('document.getElementById("player").readyState > 0')
    t.equal(
      Math.round(
        10 * (await page.$eval('#player', (element) => (element as unknown as { duration: number }).duration)),
      ),
      71,
    )
    await page.click('#captions button')
    await page.waitForFunction('document.getElementById("player").currentTime > 0.3')
    t.ok((await seconds()) >= 0.3, 'a click on a caption plays it')
  })
})

test('run --report: where it cannot be written, that is said after the run', async (t) => {
  const folder = mkdtempSync(join(root, 'test', '.build', 'report-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'p.yaml'), pipeline)
  const done = await anabranch('.', ['run', join(folder, 'p.yaml'), '-q', '--report', join(folder, 'none', 'r.html')])
  t.match(done, { code: 1, err: /ANB_INPUTS .*r\.html cannot be written: ENOENT\n {2}fix: / })
})
