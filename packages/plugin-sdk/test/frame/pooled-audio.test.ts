import { isDeepStrictEqual } from 'node:util'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import {
  adoptAudio,
  attachPool,
  createPool,
  frameOf,
  isBeingWritten,
  publishAudio,
  releaseAudio,
  retainAudio,
} from '@anabranch/plugin-sdk/host'
import t from 'tap'
import { thrown } from '../coded.ts'

const pool = () => createPool({ bytes: 2 * 2048 })

t.test('audio of a pool is an AudioBuffer, zeroed, over a slot', async (t) => {
  const frames = pool()
  const buffer = frames.audio(160, 16_000, 2)
  t.ok(buffer instanceof AudioBuffer)
  t.same([buffer.length, buffer.durationUs, buffer.sampleRate, buffer.channels], [160, 10_000, 16_000, 2])
  t.ok(buffer.samples.buffer instanceof SharedArrayBuffer)
  t.equal(buffer.samples, buffer.samples, 'one view')
  buffer.samples.fill(7)
  releaseAudio(buffer)
  const again = frames.audio(160, 16_000, 2)
  t.equal(again.samples.buffer, frames.share().slabs[0]?.data)
  t.ok(
    again.samples.every((sample) => sample === 0),
    'nothing of the frame before is left',
  )
  t.same(Object.keys(again), ['sampleRate', 'channels'])
  t.equal(again.constructor, AudioBuffer)
})

t.test('views are kept by slot and length', async (t) => {
  const frames = createPool({ bytes: 2048 })
  const views = new Set<Float32Array>()
  for (let round = 0; round < 4; round += 1)
    for (const length of [160, 320, 480]) {
      const buffer = frames.audio(length, 16_000)
      views.add(buffer.samples)
      t.equal(buffer.samples.length, length)
      releaseAudio(buffer)
    }
  t.equal(views.size, 3)
})

t.test('samples of an ended lease are refused, and counted', async (t) => {
  const frames = pool()
  const buffer = frames.audio(10, 16_000, 1, 'gain.output')
  const part = buffer.slice(2, 4)
  t.ok(publishAudio(buffer))
  t.equal(part.samples.length, 2)
  t.ok(releaseAudio(buffer))
  const error = thrown('ANB_STALE_FRAME', () => buffer.samples)
  t.match(error.message, /samples of frame .*gain\.output/)
  t.match(error.fix, /copy\(\)/)
  for (const use of [() => part.samples, () => buffer.length, () => buffer.copy(), () => buffer.slice(0, 1)])
    thrown('ANB_STALE_FRAME', use)
  frames.audio(10, 16_000)
  thrown('ANB_STALE_FRAME', () => buffer.samples)
  t.equal(frames.metrics.stale, 6)
})

t.test('a slice shares its frame; copy and map are ordinary memory', async (t) => {
  const frames = pool()
  const buffer = frames.audio(4, 16_000, 2)
  buffer.samples.set([0, 1, 2, 3, 4, 5, 6, 7])
  const part = buffer.slice(1, 3)
  t.same([...part.samples], [2, 3, 4, 5])
  t.same(frameOf(part), frameOf(buffer))
  t.equal(part.samples.byteOffset, buffer.samples.byteOffset + 8)
  for (const own of [buffer.copy(), buffer.map((sample) => sample)]) {
    t.equal(frameOf(own), null)
    t.same([...own.samples], [...buffer.samples])
    t.notOk(own.samples.buffer instanceof SharedArrayBuffer)
  }
})

t.test('frameOf says where a frame is', async (t) => {
  const frames = createPool({ bytes: 8 * 2048 })
  const [, second] = [frames.audio(1, 16_000), frames.audio(1, 16_000)]
  const frame = frameOf(second)
  t.equal(frame?.pool, frames)
  t.same([frame?.slab, frame?.byteOffset], [0, 2048])
  t.equal((frame?.handle ?? 0) % 2 ** 20, 1)
  const plain = new AudioBuffer(new Float32Array(1), 16_000)
  t.equal(frameOf(plain), null)
  t.same(
    [publishAudio(plain), isBeingWritten(plain), retainAudio(plain), releaseAudio(plain)],
    [false, false, false, false],
  )
})

t.test('publishAudio publishes what is new, and leaves what is published as it is', async (t) => {
  const frames = pool()
  const refs = () => frames.report().leased.map((frame) => frame.refs)
  const buffer = frames.audio(1, 16_000)
  t.same(refs(), ['writer'])
  t.ok(isBeingWritten(buffer))
  publishAudio(buffer.slice(0, 1))
  t.same(refs(), [1])
  t.notOk(isBeingWritten(buffer))
  publishAudio(buffer)
  retainAudio(buffer, 3)
  t.same(refs(), [4])
  releaseAudio(buffer, 4)
  thrown('ANB_STALE_FRAME', () => publishAudio(buffer))
  t.notOk(isBeingWritten(buffer))
})

t.test('a full pool gives memory of its own, counted', async (t) => {
  const frames = pool()
  const all = [frames.audio(1, 16_000), frames.audio(1, 16_000), frames.audio(1, 16_000)]
  t.equal(frameOf(all[2] as AudioBuffer), null)
  t.ok(all[2]?.samples.buffer instanceof SharedArrayBuffer)
  t.match(frames.metrics, { frames_pooled: 2, frames_unpooled: 1 })
  t.equal(frames.report().unpooled, 1)
})

t.test('audio refuses wrong formats before it takes a slot', async (t) => {
  const frames = pool()
  thrown('ANB_AUDIO_FORMAT', () => frames.audio(1, 0))
  thrown('ANB_AUDIO_FORMAT', () => frames.audio(1, 16_000, 65))
  thrown('ANB_LIMIT', () => frames.audio(-1, 16_000))
  thrown('ANB_LIMIT', () => frames.audio(2 ** 20 + 1, 16_000))
  t.equal(frames.metrics.frames_pooled, 0)
})

t.test('own copies what lies in a slot, and nothing else', async (t) => {
  const frames = pool()
  const buffer = frames.audio(10, 16_000)
  buffer.samples.fill(3)
  const kept = frames.own(buffer)
  const wrapped = frames.own(new AudioBuffer(buffer.samples.subarray(0, 5), 8000))
  releaseAudio(buffer)
  t.same([...kept.samples], Array(10).fill(3))
  t.same([...wrapped.samples], Array(5).fill(3))
  t.equal(frames.own(kept), kept)
  t.equal(frames.metrics.bytes_copied, 40 + 20)
})

t.test('writable gives the same buffer to its only holder, and a copy to one of many', async (t) => {
  const frames = pool()
  const buffer = frames.audio(3, 16_000, 1, 'mic')
  t.equal(frames.writable(buffer), buffer, 'its writer already')
  buffer.samples.set([1, 2, 3])
  publishAudio(buffer)
  retainAudio(buffer)
  const copy = frames.writable(buffer)
  t.not(copy, buffer)
  t.same([...copy.samples], [1, 2, 3])
  copy.samples.fill(9)
  t.same([...buffer.samples], [1, 2, 3])
  t.equal(frames.metrics.bytes_copied, 12)
  t.same(
    frames.report().leased.map(({ refs }) => refs),
    [1, 'writer'],
  )
  t.equal(frames.writable(buffer), buffer)
  t.equal(frames.metrics.bytes_copied, 12)
  releaseAudio(buffer)
  thrown('ANB_STALE_FRAME', () => frames.writable(buffer))
  const plain = new AudioBuffer(Float32Array.of(5), 16_000)
  t.same([...frames.writable(plain).samples], [5])
  t.not(frames.writable(plain), plain)
})

t.test('samples of a frame that were wrapped anew are known again by adoptAudio', async (t) => {
  const frames = pool()
  const buffer = frames.audio(10, 16_000)
  publishAudio(buffer)
  const wrapped = adoptAudio(new AudioBuffer(buffer.samples.subarray(4), 8000))
  t.same([frameOf(wrapped)?.handle, wrapped.length, wrapped.sampleRate], [frameOf(buffer)?.handle, 6, 8000])
  t.equal(adoptAudio(buffer), buffer)
  const plain = new AudioBuffer(new Float32Array(1), 16_000)
  t.equal(adoptAudio(plain), plain)
  const view = buffer.samples
  releaseAudio(buffer)
  thrown('ANB_STALE_FRAME', () => wrapped.samples)
  thrown('ANB_STALE_FRAME', () => adoptAudio(new AudioBuffer(view, 8000)))
})

t.test('a frame that came as a handle is the same memory', async (t) => {
  const frames = pool()
  const buffer = frames.audio(8, 16_000)
  buffer.samples.set([0, 1, 2, 3, 4, 5, 6, 7])
  const { handle, byteOffset } = frameOf(buffer) as NonNullable<ReturnType<typeof frameOf>>
  const there = attachPool(structuredClone(frames.share()))
  publishAudio(buffer)
  frames.give(handle, there.holder)
  const part = buffer.slice(2, 6)
  const read = there.audioAt(handle, part.length, 16_000, 1, part.samples.byteOffset - byteOffset)
  t.same([...read.samples], [2, 3, 4, 5])
  t.equal(frameOf(read)?.handle, handle)
  for (const [length, offset] of [
    [513, 0],
    [1, 2048],
    [1, -4],
    [1, 2],
    [0.5, 0],
  ] as const)
    t.ok(['ANB_LIMIT', 'ANB_AUDIO_FORMAT'].includes(codeOf(() => there.audioAt(handle, length, 16_000, 1, offset))))
  releaseAudio(read)
  thrown('ANB_STALE_FRAME', () => there.audioAt(handle, 8, 16_000))
  thrown('ANB_STALE_FRAME', () => buffer.samples)
})

const codeOf = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing'
}

t.test('ordinary buffers are what they were: samples are a property, seen by deep equality', async (t) => {
  const make = (sample: number) => new AudioBuffer(Float32Array.of(sample), 16_000)
  t.same(Object.keys(make(1)), ['samples', 'sampleRate', 'channels'])
  t.ok(isDeepStrictEqual(make(1), make(1)))
  t.notOk(isDeepStrictEqual(make(1), make(2)))
})
