import { test } from 'tap'
import { play } from './transcript.ts'
import { scenarios } from './transcript-scenarios.ts'
import { readTranscripts } from './transcripts.ts'

for (const transcript of readTranscripts())
  test(`link: ${transcript.name}`, async (t) => {
    t.same(play(transcript), transcript.steps)
  })

test('the transcripts are those of the scenarios', async (t) => {
  const named = (each: { readonly name: string; readonly steps: readonly unknown[] }) => [each.name, each.steps.length]
  t.same(
    readTranscripts().map(named),
    scenarios().map(named),
    'write them anew: node .build-test/wire/transcripts-main.js',
  )
})
