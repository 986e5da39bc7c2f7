import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import { type Test, test } from 'tap'
import { readWav } from '#src/wav/read-wav.js'
import { WavWriter } from '#src/wav/wav-writer.js'

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const u16 = (...values: number[]) => Buffer.from(Uint16Array.from(values).buffer)
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer)
const chunk = (id: string, body: Buffer) => Buffer.concat([Buffer.from(id), u32(body.length), body])
const riff = (...chunks: Buffer[]) => Buffer.concat([Buffer.from('RIFF'), u32(0), Buffer.from('WAVE'), ...chunks])
const form = ({ code = 1, channels = 1, bits = 16 } = {}) =>
  Buffer.concat([u16(code, channels), u32(8000), u32(16_000 * channels), u16(2 * channels, bits)])
const samples = Buffer.from(Int16Array.of(1, -2, 300, -32_768).buffer)

test('reads mono and stereo, and passes over chunks it does not know', async (t) => {
  const path = join(folderOf(t), 'x.wav')
  const odd = Buffer.concat([chunk('LIST', Buffer.from('odd')), Buffer.alloc(1)])
  writeFileSync(path, riff(odd, chunk('fmt ', form({ channels: 2 })), chunk('data', samples), Buffer.from('tail')))
  t.same(readWav(path), { sampleRate: 8000, channels: 2, samples: Int16Array.of(1, -2, 300, -32_768) })
  const extensible = Buffer.concat([form({ code: 0xfffe }), u16(22, 16, 4, 0, 1, 0), Buffer.alloc(12)])
  writeFileSync(path, riff(chunk('fmt ', extensible), chunk('data', samples)))
  t.equal(readWav(path).samples.length, 4)
})

test('refuses what is not 16 bit PCM', async (t) => {
  const path = join(folderOf(t), 'x.wav')
  const data = chunk('data', samples)
  for (const [bytes, said] of [
    [Buffer.alloc(0), /not a wav file/],
    [riff(), /has no samples/],
    [riff(data), /before it says their format/],
    [riff(chunk('fmt ', form({ code: 3, bits: 32 })), data), /32 bit samples of format 3/],
    [riff(chunk('fmt ', form({ bits: 8 })), data), /8 bit samples/],
    [riff(chunk('fmt ', form({ channels: 0 })), data), /no channels/],
    [riff(chunk('fmt ', Buffer.alloc(4)), data), /too few bytes/],
    [riff(chunk('fmt ', form()), data).subarray(0, -1), /cut off inside its "data" chunk/],
    [riff(chunk('fmt ', form()), chunk('data', samples.subarray(1))), /in the middle of a sample/],
  ] as const) {
    writeFileSync(path, bytes)
    t.throws(() => readWav(path), { code: 'ANB_AUDIO_FORMAT', message: said, fix: /pcm_s16le/ })
  }
})

test('what was written is read back, sample by sample', async (t) => {
  const path = join(folderOf(t), 'x.wav')
  const writer = new WavWriter(path)
  await writer.open()
  await writer.write(new AudioBuffer(Float32Array.of(0, 0.5, -1, 1), 8000, 2))
  await writer.write(new AudioBuffer(Float32Array.of(2, -2), 8000, 2))
  t.notOk(existsSync(path), 'not there before it is whole')
  await writer.finish()
  await writer.finish()
  const read = readWav(path)
  t.same(read, { sampleRate: 8000, channels: 2, samples: Int16Array.of(0, 16_384, -32_768, 32_767, 32_767, -32_768) })
})

test('where nothing was written there is no file, and an older one stays', async (t) => {
  const folder = folderOf(t)
  const path = join(folder, 'x.wav')
  writeFileSync(path, 'older')
  const writer = new WavWriter(path)
  await writer.open()
  await writer.finish()
  t.same(readdirSync(folder), ['x.wav'])
})
