import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { test } from 'tap'
import { fixturePath } from './fixture-path.ts'
import { exactFloats, exactSamples, wholeBits } from './fixture-samples.ts'
import { hostileSamples, hostileWavs } from './hostile-wavs.ts'
import { whiteNoise } from './white-noise.ts'

interface Fixture {
  readonly file: string
  readonly bytes: number
  readonly frames: number
  readonly channels: number
  readonly lossless: boolean
  readonly pcm: keyof typeof wholeBits | 'f32' | 'f64'
  readonly f32_sha256: string
}

const json = (...names: string[]) => JSON.parse(readFileSync(fixturePath(...names), 'utf8'))
const sha256 = (samples: Float32Array | Float64Array) =>
  createHash('sha256').update(new Uint8Array(samples.buffer)).digest('hex')

const { fixtures } = json('audio', 'fixtures.json') as { fixtures: Fixture[] }

test('the listed audio files are there, and small', async (t) => {
  let total = 0
  for (const { file, bytes } of fixtures) {
    t.equal(statSync(fixturePath('audio', file)).size, bytes, file)
    total += bytes
  }
  t.ok(fixtures.length > 0 && total <= 300_000, `${total} bytes`)
})

test('the samples that the encoders were given follow from the formula', async (t) => {
  for (const { file, frames, channels, pcm, f32_sha256 } of fixtures.filter((fixture) => fixture.lossless)) {
    const samples =
      pcm === 'f32' || pcm === 'f64'
        ? exactFloats(frames)
        : exactSamples(frames, channels, wholeBits[pcm]).map((value) => value / 2 ** (wholeBits[pcm] - 1))
    t.equal(sha256(Float32Array.from(samples)), f32_sha256, file)
  }
})

test('the white noise has the bits of the reference', async (t) => {
  const noise = whiteNoise(16_000)
  const reference = json('vad', 'noise.json')
  t.same([...noise.subarray(0, 8)], reference.first)
  t.equal(sha256(noise), reference.sha256_of_16000_f64_le)
})

test('the table of hostile WAVs is what the other programs judged', async (t) => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  const judged = json('audio', 'hostile-wavs.json') as (Record<string, unknown> & { others: object })[]
  t.same(
    judged.map(({ others, ...hostile }) => hostile),
    hostileWavs.map((hostile) => ({ ...hostile, bytes: hex(hostile.bytes) })),
    'run references/judge_hostile_wavs.py',
  )
  const played = judged.filter(({ expect }) => expect === 'plays')
  t.ok(played.length > 0 && played.length < judged.length)
  for (const { name, frames, others } of played)
    t.same(new Set(Object.values(others)), new Set([`plays ${frames} frames`]), `all play ${name}`)
  t.equal(new Set(hostileWavs.map(({ name }) => name)).size, hostileWavs.length, 'no name twice')
  t.equal(hostileSamples[0], -10_000)
})
