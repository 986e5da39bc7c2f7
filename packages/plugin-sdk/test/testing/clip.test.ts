import { clip } from '@anabranch/plugin-sdk/testing'
import t from 'tap'

const level = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length)

t.test('clip: mono at 16 kHz, as long as asked, the same each time', async (t) => {
  for (const make of [clip.sine, clip.silence, clip.speech]) {
    const buffer = make(20)
    t.equal(buffer.sampleRate, 16_000)
    t.equal(buffer.channels, 1)
    t.equal(buffer.durationUs, 20_000)
    t.same(make(20), buffer)
    t.ok(make(1000).samples.every((sample) => Math.abs(sample) <= 1))
    t.equal(make(0).length, 0)
  }
})

t.test('clip: what it sounds like', async (t) => {
  t.ok(clip.silence(10).samples.every((sample) => sample === 0))
  t.ok(Math.abs(level(clip.sine(1000).samples) - 0.5 / Math.SQRT2) < 1e-3)
  const sine = clip.sine(1000).samples
  let crossings = 0
  for (let n = 1; n < sine.length; n++) if ((sine[n - 1] ?? 0) < 0 && (sine[n] ?? 0) >= 0) crossings++
  t.ok(Math.abs(crossings - 440) <= 1)
})

t.test('clip.speech has syllables and gaps', async (t) => {
  const { samples } = clip.speech(1000)
  for (let syllable = 0; syllable < 4; syllable++) {
    const start = syllable * 4000
    t.ok(level(samples.subarray(start + 800, start + 1800)) > 0.05, 'a burst')
    t.ok(level(samples.subarray(start + 2700, start + 3900)) < 0.002, 'and a gap')
  }
})
