import { test } from 'tap'
import { folderOf, root } from './files.ts'
import { screen } from './screen.ts'

const recording = `${root}/examples/three-runtimes/data/austen-16k.wav`
const text = `version: v1
metadata: { name: quality }
plugins: ['@anabranch/nodes-native', '@anabranch/runtime/nodes']
nodes:
  mic: { type: AudioFileSource, params: { path: ${recording} } }
  level: { type: LevelNode, params: { window_ms: 1000 }, in: { input: mic.output } }
  silence: { type: SilenceDetectorNode, in: { input: { from: mic.output, policy: drop-oldest } } }
  loudness: { type: MapNode, params: { expression: value.end_ms }, in: { input: level.level } }
`

const isValue = (line: string) => /^loudness\.output +1000$/.test(line)

/** A line for every edge, with a rate. */
const live = (lines: readonly string[]) =>
  lines.some((line) => /^ {2}[━─]+ +\d+ % {2}0:0\d\.\d of 0:07\.1/.test(line)) &&
  lines.some((line) => /mic → level +\d+\/s +[\d.]+ .?s +\d+ +\d+$/.test(line)) &&
  lines.some((line) => /^ {2}level\.level → loudness +\d+\/s/.test(line)) &&
  lines.some(isValue)

for (const columns of [60, 120])
  test(`run in a terminal of ${columns} columns: the graph, a live view, and what is left at the end`, async (t) => {
    const path = folderOf(t, { 'p.yaml': text })('p.yaml')
    const shown = screen(['run', path, '--pace', 'realtime'], columns)
    const during = await shown.until(live)
    t.match(
      during.slice(0, 5).join('\n'),
      /^\n {2}quality\n\n {2}mic ─┬─▶ level ─ level ─▶ loudness\n {7}└─ drop-oldest ─▶ silence/,
    )
    t.ok(during.findIndex(isValue) < during.findIndex((line) => line.includes(' % ')), 'values stand above the view')
    for (const line of during) t.ok(line.length <= columns, line)
    t.equal(during.filter((line) => line.includes('mic → level')).length, 1, 'it was written over, not again')

    shown.write('\x03')
    t.equal(await shown.ended, 0)
    const after = shown.lines()
    const told = after.join('\n')
    t.match(told, /stopping: what is on its way is/)
    t.match(told, /\n✓ accounted for (\d+) of \1: \1 delivered, balanced\n {2}slowest /)
    t.notMatch(told, /mic → level +\d+\/s/, 'the live lines are gone')
    for (const line of after) t.ok(line.length <= columns, line)
  })

test('run in a terminal that cannot move its cursor: plain lines', async (t) => {
  const path = folderOf(t, { 'p.yaml': text })('p.yaml')
  const shown = screen(['run', path], 80, { env: { TERM: 'dumb' } })
  t.equal(await shown.ended, 0)
  t.match(shown.lines().join('\n'), /^quality\n\nmic ─┬─▶ level[\s\S]*\n✓ accounted for 355 of 355/)
})
