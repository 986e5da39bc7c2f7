import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  createPool,
  type FramePool,
  frameOf,
  type LeasedFrame,
  publishAudio,
  releaseAudio,
  retainAudio,
} from '@anabranch/plugin-sdk/host'
import t from 'tap'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collects until `leaks` has something, at most a hundred turns of the loop. */
async function collectUntil(found: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100 && !found(); turn += 1) {
    collect()
    await setImmediate()
  }
}

/** In a function of their own, so that nothing on the stack keeps the buffers. */
function forget(pool: FramePool, by: string, released: boolean): number | undefined {
  const buffer = pool.audio(10, 16_000, 1, by)
  publishAudio(buffer)
  retainAudio(buffer)
  const handle = frameOf(buffer.slice(1))?.handle
  if (released) releaseAudio(buffer, 2)
  return handle
}

t.test('with trace, a frame whose buffers were collected with leases left is told of', async (t) => {
  const leaks: LeasedFrame[] = []
  const pool = createPool({ bytes: 8 * 2048, trace: true, onLeak: (leak) => leaks.push(leak) })
  forget(pool, 'good.output', true)
  const handle = forget(pool, 'bad.output', false)
  t.match(pool.report().leased[0]?.stack, /leak\.process\.test/, 'reports say where it was made')
  await collectUntil(() => leaks.length > 0)
  await collectUntil(() => leaks.length > 1)
  t.equal(leaks.length, 1, 'once, and of the one alone')
  t.match(leaks[0], { handle, by: 'bad.output', refs: 2, holders: { 0: 2 }, stack: /forget/ })
  t.equal(pool.report().leased.length, 1, 'it frees nothing')
})

t.test('without onLeak it is a warning of the process', async (t) => {
  const warnings: (Error & { code?: string })[] = []
  const listen = (warning: Error) => warnings.push(warning)
  process.on('warning', listen)
  t.teardown(() => process.off('warning', listen))
  const pool = createPool({ trace: true })
  forget(pool, 'worse.output', false)
  await collectUntil(() => warnings.length > 0)
  t.equal(pool.report().leased.length, 1)
  t.match(warnings[0], { code: 'ANB_FRAME_LEAK', message: /worse\.output.* 2 readers left: release it/ })
})

t.test('without trace nothing is watched', async (t) => {
  const leaks: LeasedFrame[] = []
  const pool = createPool({ onLeak: (leak) => leaks.push(leak) })
  forget(pool, 'quiet.output', false)
  for (let turn = 0; turn < 5; turn += 1) {
    collect()
    await setImmediate()
  }
  t.same(leaks, [])
  t.equal(pool.report().leased[0]?.stack, undefined)
})

t.test('a cycle makes no memory beyond its buffers', async (t) => {
  const pool = createPool()
  const views = new Set<Float32Array>()
  const cycle = (rounds: number) => {
    for (let n = 0; n < rounds; n += 1) {
      const buffer = pool.audio(320, 16_000)
      buffer.samples[0] = n
      views.add(buffer.samples)
      publishAudio(buffer)
      releaseAudio(buffer)
    }
  }
  cycle(1000)
  collect()
  const before = process.memoryUsage()
  cycle(100_000)
  const after = process.memoryUsage()
  t.equal(after.arrayBuffers, before.arrayBuffers)
  t.equal(views.size, 1)
  t.same([pool.metrics.frames_pooled, pool.report().slots], [101_000, 64])
})
