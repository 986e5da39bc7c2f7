import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  audioFileSink,
  audioFileSource,
  audioResample,
  chunker,
  formatConverter,
  level,
  vad,
} from '@anabranch/nodes-native'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { test } from 'tap'

const root = join(import.meta.dirname, '..', '..', '..')
const speech = join(root, 'examples', 'captions', 'data', 'two-cities-48k.wav')
const truth = join(root, 'packages', 'nodes-native', 'test', 'fixtures', 'vad', 'two-cities-clean.json')
const reference = JSON.parse(readFileSync(truth, 'utf8')) as {
  segments_ms: readonly (readonly [number, number])[]
}

test('a recording through file, resampler and voice detection in one graph: exact length, the segments of Silero', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const out = join(folder, 'speech-16k.wav')
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        file: { type: audioFileSource, params: { path: speech } },
        convert: { type: formatConverter, in: { input: 'file.output' } },
        resample: { type: audioResample, params: { output_rate: 16_000 }, in: { input: 'convert.output' } },
        vad: { type: vad, in: { input: 'resample.output' } },
        level: { type: level, in: { input: 'file.output' } },
        chunk: { type: chunker, params: { samples: 512 }, in: { input: 'vad.output' } },
        sink: { type: audioFileSink, params: { path: out }, in: { input: 'chunk.output' } },
      },
    }),
  )
  t.teardown(() => executor.close())
  const session = await executor.open()
  const segments: { start_ms: number; end_ms: number }[] = []
  let summary: { lufs_integrated: number } | undefined
  session.tap('vad.segment').subscribe((value) => segments.push(value as (typeof segments)[number]))
  session.outputs.subscribe(({ from, value }) => {
    if (from === 'level.summary') summary = value as NonNullable<typeof summary>
  })
  const ledger = await session.end()
  t.match(ledger, { in_flight: 0, failed: 0, balanced: true })
  t.equal(ledger.accepted, ledger.delivered + ledger.filtered)
  const recording = readFileSync(speech)
  const frames = recording.readUInt32LE(recording.indexOf('data', 12, 'latin1') + 4) / 2
  // 44 bytes of header, 2 of each sample: round(frames · 16 / 48).
  t.equal(readFileSync(out).length, 44 + 2 * Math.round(frames / 3))
  t.ok((summary?.lufs_integrated ?? 0) < -10 && (summary?.lufs_integrated ?? 0) > -40)
  const inside = (ms: number, list: readonly (readonly [number, number])[]) =>
    list.some(([from, to]) => ms >= from && ms < to)
  const ours = segments.map(({ start_ms, end_ms }) => [start_ms, end_ms] as const)
  const borders = reference.segments_ms.flat()
  const counts = { both: 0, ours: 0, theirs: 0 }
  for (let ms = 16; ms < (frames / 48_000) * 1000; ms += 32) {
    if (borders.some((border) => Math.abs(border - ms) <= 100)) continue
    const [a, b] = [inside(ms, ours), inside(ms, reference.segments_ms)]
    if (a && b) counts.both++
    else if (a) counts.ours++
    else if (b) counts.theirs++
  }
  const f1 = (2 * counts.both) / (2 * counts.both + counts.ours + counts.theirs)
  t.ok(f1 >= 0.98, `F1 ${f1} over windows of 32 ms, ${JSON.stringify(counts)}`)
  const { nodes } = executor.metrics()
  // Taps and other onlookers get copies; the chain itself copies nothing.
  t.same(
    [nodes.convert, nodes.resample, nodes.vad, nodes.chunk, nodes.sink].map((node) => node?.bytes_copied),
    [0, 0, 0, 0, 0],
  )
  t.match(executor.frames(), { unpooled: 0, leased: [] })
})
