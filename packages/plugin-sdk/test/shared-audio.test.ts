import { sharedAudio } from '@anabranch/plugin-sdk'
import t from 'tap'
import { thrown } from './coded.ts'

t.test('sharedAudio: zeroed, in shared memory', async (t) => {
  const buffer = sharedAudio(160, 16_000, 2)
  t.ok(buffer.samples.buffer instanceof SharedArrayBuffer)
  t.equal(buffer.length, 160)
  t.ok(buffer.samples.every((sample) => sample === 0))
  t.equal(sharedAudio(0, 16_000).length, 0)
})

t.test('sharedAudio refuses what is no length, and what is above the limit', async (t) => {
  for (const length of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 4_194_304 / 4 + 1])
    t.equal(thrown('ANB_LIMIT', () => sharedAudio(length, 16_000)).limit, 'audio_frame_bytes')
  t.equal(sharedAudio(4_194_304 / 4, 16_000).length, 1_048_576, 'the limit itself is allowed')
  thrown('ANB_AUDIO_FORMAT', () => sharedAudio(1, 16_000, 0))
})
