import { test } from 'tap'
import { MarkTracks } from '#src/report/mark-tracks.js'

test('a report shows what is said of parts of the time line, and no measurements', (t) => {
  const marks = new MarkTracks()
  for (let at = 0; at < 10; at++)
    marks.add('level.level', { start_ms: 100 * at, end_ms: Math.min(950, 100 * at + 100) })
  marks.add('level.summary', { start_ms: 0, end_ms: 950 })
  for (const [start_ms, end_ms] of [
    [0, 300],
    [310, 500],
    [520, 700],
    [800, 950],
  ])
    marks.add('vad.segment', { start_ms, end_ms })
  marks.add('speech.segment', { start_ms: 20, end_ms: 300 })
  marks.add('text.output', { start_ms: 20, end_ms: 300, text: 'one' })
  marks.add('joined.output', { start_ms: 20, end_ms: 300, text: 'one', rms_db: -20 })
  marks.add('other.output', { start_ms: 20, end_ms: 300, text: 'two' })
  marks.add('none', 'text')
  t.same(
    marks.shown(950).map(({ name }) => name),
    ['vad.segment', 'speech.segment', 'joined.output', 'other.output'],
  )
  t.end()
})
