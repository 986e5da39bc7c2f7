import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { anabranch, jsonLines, root } from './command.ts'

const read = (path: string) => readFileSync(join(root, 'examples', path), 'utf8')
const recording = join(root, 'examples', 'three-runtimes', 'data', 'austen-16k.wav')

test('hello: the greetings; its tests; what it says where a param is misspelt', async (t) => {
  const plain = await anabranch('examples/hello', ['run', 'pipeline.yaml'])
  t.equal(plain.out.toString(), read('hello/expected.txt'), plain.err)
  t.match(plain.err, /✓ accounted for 4 of 4: 3 delivered, 1 filtered, balanced/)
  t.match(await anabranch('examples/hello', ['test', 'pipeline.test.yaml']), { code: 0, out: /2 passed, 0 failed/ })
  const broken = read('hello/pipeline.yaml').replace('expression', 'expresion')
  const told = await anabranch('examples/hello', ['validate', '-'], Buffer.from(broken))
  t.match(told, { code: 3, out: /ANB_PARAMS stdin:9:\d+ unknown param "expresion" .*did you mean "expression"\?/ })
})

test('stdin-filter: half of every sample, to the last bit', async (t) => {
  const samples = readFileSync(recording).subarray(44)
  const { code, out, err } = await anabranch(
    'examples/stdin-filter',
    ['run', 'pipeline.yaml', '-i', '-', '-o', '-', '--input-format', 's16le'],
    samples,
  )
  t.equal(code, 0, err)
  t.equal(createHash('sha256').update(out).digest('hex'), read('stdin-filter/expected.sha256').trim())
})

interface Event {
  readonly kind: string
  readonly start_ms?: number
}

test('audio-quality: every event, and no other', async (t) => {
  const { values } = jsonLines(await anabranch('examples/audio-quality', ['run', 'pipeline.yaml', '--json']))
  const expected = read('audio-quality/expected.jsonl').trimEnd().split('\n')
  // Detectors tell an event when it is over, each at its own pace.
  const at = ({ start_ms = Number.POSITIVE_INFINITY }: Event) => start_ms
  const inOrder = (values as Event[]).sort((a, b) => at(a) - at(b) || a.kind.localeCompare(b.kind))
  t.same(
    inOrder,
    expected.map((line) => JSON.parse(line)),
  )
})

test('microphone: a line for each half second, and who speaks, from a pipe as from a file', async (t) => {
  const { meter, speech_ms } = JSON.parse(read('microphone/expected.json')) as { meter: string[]; speech_ms: number[] }
  const samples = readFileSync(recording).subarray(44)
  const runs = [
    await anabranch('examples/microphone', ['run', 'pipeline.yaml', '--json', '-i', recording]),
    await anabranch(
      'examples/microphone',
      ['run', 'pipeline.yaml', '--json', '-i', '-', '--input-format', 's16le'],
      samples,
    ),
  ]
  for (const run of runs) {
    const said = jsonLines(run).values as string[]
    t.same(
      said.filter((line) => line.includes(' dB ')),
      meter,
    )
    const speech = said.flatMap((line) =>
      [...(/^speech from (\d+) to (\d+) ms$/.exec(line)?.slice(1) ?? [])].map(Number),
    )
    t.equal(speech.length, 2, 'one segment')
    for (const [at, ms] of speech.entries())
      t.ok(Math.abs(ms - (speech_ms[at] as number)) < 250, `${ms} ms is near to ${speech_ms[at]} ms`)
  }
})
