import { createPool, type FramePool } from '@anabranch/plugin-sdk/host'
import type { Row } from '../row.ts'

/** The bytes of a frame of 20 ms at 24 kHz, and frames of one sample. */
const bytes = 1920
const cycles = 200_000
/** Frames that others hold meanwhile, so that the first slot is not always the one. */
const others = 40

function time(pool: FramePool): number {
  const start = performance.now()
  for (let i = 0; i < cycles; i += 1) {
    const handle = pool.acquire(bytes) as number
    pool.publish(handle, 1)
    pool.release(handle)
  }
  return ((performance.now() - start) * 1000) / cycles
}

/** What a frame costs beside its samples. */
export const row: Row = {
  name: 'frame_cycle',
  about: 'a frame of the pool: acquire, publish to one reader, release',
  unit: 'µs',
  limit: 0.15,
  warmups: 3,
  prepare() {
    const pool = createPool()
    for (let n = 0; n < others; n += 1) pool.acquire(bytes)
    return {
      ours: () => {
        const before = pool.metrics.frames_pooled
        const µs = time(pool)
        if (pool.metrics.frames_pooled - before !== cycles) throw new Error('frames are missing')
        if (pool.report().leased.length !== others) throw new Error('leases are left')
        return µs
      },
      baseline: null,
    }
  },
}
