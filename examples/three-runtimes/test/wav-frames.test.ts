import { harness } from '@anabranch/plugin-sdk/testing'
import { test } from 'tap'
import { frameCount, wavFrames } from '#src/nodes/wav-frames.js'

const wav = { sampleRate: 16_000, channels: 2, samples: Int16Array.from({ length: 2 * 740 }, (_, i) => i * 16) }

test('cuts frames of 20 ms in shared memory; the last one is shorter', async (t) => {
  const told: number[] = []
  const node = await harness(wavFrames(wav, { realtime: false, onFrame: (_, seq) => void told.push(seq) }))
  t.teardown(() => node.close())
  for (let i = 0; i < 3; i += 1) await node.push({})
  const frames = node.emitted.flatMap(({ outputs }) => outputs.output ?? [])
  t.same(
    frames.map(({ length, channels, sampleRate }) => [length, channels, sampleRate]),
    [320, 320, 100].map((length) => [length, 2, 16_000]),
  )
  t.ok(frames.every(({ samples }) => samples.buffer instanceof SharedArrayBuffer))
  t.equal(frames[2]?.samples[0], (1280 * 16) / 32_768)
  t.same(told, [0, 1, 2])
  t.equal(frameCount(wav), 3)
  t.same(await node.push({}), [], 'that was all')
})

test('in real time each frame waits until it would have been spoken', async (t) => {
  const node = await harness(wavFrames(wav, { realtime: true, onFrame: () => undefined }))
  t.teardown(() => node.close())
  for (let i = 0; i < 3; i += 1) {
    const pushed = node.push({})
    await node.advance(i === 0 ? 0 : 20)
    await pushed
  }
  t.same(
    node.emitted.map(({ at }) => at),
    [0, 20, 40],
  )
})
