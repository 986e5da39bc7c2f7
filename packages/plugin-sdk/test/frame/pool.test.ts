import { attachPool, createPool } from '@anabranch/plugin-sdk/host'
import t from 'tap'
import { thrown } from '../coded.ts'

/** Eight slots, all of them made. Generations then are 1. */
function small(slots = 8) {
  const pool = createPool({ bytes: slots * 2048, startGeneration: 0 })
  const handles = Array.from({ length: slots }, () => pool.acquire(2048) as number)
  for (const handle of handles) pool.release(handle)
  return pool
}

t.test('createPool refuses what it cannot do', async (t) => {
  for (const bytes of [0, 2047, 2048.5, 2 ** 31 + 1, Number.NaN])
    t.equal(thrown('ANB_LIMIT', () => createPool({ bytes })).limit, 'pool_bytes')
  for (const startGeneration of [-1, 2 ** 20, 0.5]) thrown('ANB_LIMIT', () => createPool({ startGeneration }))
})

t.test('slots are aligned, of their size, and made as they are needed', async (t) => {
  const pool = createPool()
  t.equal(pool.report().bytes, 0)
  const handles = [1, 2049, 300_000].map((bytes) => pool.acquire(bytes))
  t.ok(handles.every((handle) => handle !== null))
  const { leased, bytes } = pool.report()
  t.same(
    leased.map((frame) => frame.bytes),
    [2048, 16_384, 524_288],
  )
  t.equal(bytes, 64 * 2048 + 8 * 16_384 + 524_288)
  t.equal(pool.acquire(4_194_305), null, 'larger than every class')
})

t.test('more slabs are added up to the bytes of the pool, whatever their classes', async (t) => {
  const pool = createPool({ bytes: 100 * 2048 + 3 * 16_384 })
  const large = pool.acquire(16_384)
  const handles = Array.from({ length: 100 }, () => pool.acquire(2048))
  t.ok(large !== null && handles.every((handle) => handle !== null))
  t.equal(new Set(handles).size, 100)
  t.equal(pool.acquire(1), null)
  t.equal(pool.report().bytes, 100 * 2048 + 3 * 16_384, 'no class takes more than a quarter at once')
  pool.release(handles[37] as number)
  t.ok(pool.acquire(1) !== null, 'a slot that came back is found')
})

t.test('handles of pools made one after another are told apart', async (t) => {
  const pools = Array.from({ length: 50 }, () => createPool({ bytes: 2048 }))
  const handles = pools.map((pool) => pool.acquire(1) as number)
  t.equal(new Set(handles).size, 50)
  for (const handle of handles.slice(1)) thrown('ANB_STALE_FRAME', () => pools[0]?.publish(handle, 1))
  t.equal(pools[0]?.metrics.stale, 49)
})

t.test('what is no handle is stale, and counted', async (t) => {
  const pool = small()
  for (const none of [-1, 0.5, Number.NaN, 2 ** 40, 2, 1026]) thrown('ANB_STALE_FRAME', () => pool.release(none))
  t.equal(pool.metrics.stale, 6)
})

t.test('readers are bounded and never wrap', async (t) => {
  const pool = small()
  const handle = pool.acquire(1) as number
  for (const readers of [-1, 0.5, 4095, Number.NaN]) thrown('ANB_LIMIT', () => pool.publish(handle, readers))
  pool.publish(handle, 4094)
  t.equal(thrown('ANB_LIMIT', () => pool.retain(handle)).limit, 'readers_max')
  pool.release(handle)
  pool.retain(handle)
  pool.release(handle, 4094)
  t.equal(pool.report().free, 8)
  t.equal(pool.metrics.stale + pool.metrics.double_released, 0)
})

t.test('an error names the frame and who made it', async (t) => {
  const pool = small()
  const handle = pool.acquire(1, 'mic.output') as number
  pool.release(handle)
  const error = thrown('ANB_STALE_FRAME', () => pool.release(handle))
  t.match(error.message, /slot \d+, of mic\.output/)
  t.match(error.fix, /once/)
})

t.test('a report says who holds what', async (t) => {
  const pool = small()
  const handle = pool.acquire(1, 'mic.output') as number
  pool.publish(handle, 3)
  const { holder } = pool.share()
  pool.give(handle, holder, 2)
  t.same(pool.report().leased, [
    {
      handle,
      slab: Math.floor((handle % 2 ** 20) / 1024),
      bytes: 2048,
      refs: 3,
      holders: { 0: 1, [holder]: 2 },
      by: 'mic.output',
    },
  ])
})

t.test('a holder cannot release what another holds', async (t) => {
  const pool = small()
  const there = attachPool(structuredClone(pool.share()))
  const handle = pool.acquire(1) as number
  pool.publish(handle, 2)
  thrown('ANB_STALE_FRAME', () => there.release(handle))
  t.equal(there.metrics.double_released, 1)
  pool.give(handle, there.holder)
  pool.release(handle)
  thrown('ANB_STALE_FRAME', () => pool.release(handle))
  there.release(handle)
  thrown('ANB_STALE_FRAME', () => there.release(handle))
  t.equal(pool.report().free, 8)
})

t.test('slots that another holder frees come back to the one that acquired them', async (t) => {
  const pool = small()
  const there = attachPool(structuredClone(pool.share()))
  for (let round = 0; round < 5; round += 1) {
    const handles = Array.from({ length: 8 }, () => pool.acquire(1) as number)
    t.equal(pool.acquire(1), null)
    for (const handle of handles) {
      pool.publish(handle, 1)
      pool.give(handle, there.holder)
      there.release(handle)
    }
  }
  t.equal(pool.report().free, 8)
})

t.test('a slab is told of before the first handle in it, by whoever makes it, and onwards', async (t) => {
  const pool = createPool()
  const [a, b] = [attachPool(structuredClone(pool.share())), attachPool(structuredClone(pool.share()))]
  const seen: string[] = []
  a.onSlab((slab) => pool.addSlab(structuredClone(slab)))
  const off = pool.onSlab((slab) => {
    seen.push(`slab ${slab.id}`)
    b.addSlab(structuredClone(slab))
  })
  const handle = a.acquire(2049) as number
  t.same(seen, ['slab 0'])
  a.publish(handle, 1)
  a.give(handle, b.holder)
  b.release(handle)
  off()
  pool.acquire(300_000)
  t.same(seen, ['slab 0'])
})

t.test('a description is for one thread, and a pool has at most 64', async (t) => {
  const pool = small()
  const description = pool.share()
  attachPool(description)
  thrown('ANB_PLUGIN', () => attachPool(description))
  for (let holder = 2; holder < 64; holder += 1) t.equal(pool.share().holder, holder)
  t.equal(thrown('ANB_LIMIT', () => pool.share()).limit, 'holders')
  pool.reclaim(5)
  t.equal(pool.share().holder, 5)
})

t.test('reclaim gives back what a holder had; quarantine keeps it until then', async (t) => {
  const pool = small()
  const there = attachPool(structuredClone(pool.share()))
  const mine = pool.acquire(1) as number
  const [written, read] = [there.acquire(1) as number, there.acquire(1) as number]
  there.publish(read, 3)
  pool.retain(read)
  pool.publish(mine, 2)
  pool.give(mine, there.holder)
  t.equal(pool.quarantine(there.holder), 3)
  t.same([pool.report().quarantined, pool.metrics.quarantined, pool.report().free], [3, 3, 5])
  thrown('ANB_WORKER_LOST', () => pool.give(mine, there.holder))
  t.equal(pool.reclaim(there.holder), 1 + 3 + 1)
  t.same([pool.report().quarantined, pool.metrics.quarantined], [0, 0])
  t.same(
    new Map(pool.report().leased.map(({ handle, refs }) => [handle, refs])),
    new Map([
      [mine, 1],
      [read, 1],
    ]),
  )
  thrown('ANB_STALE_FRAME', () => pool.retain(written))
  thrown('ANB_PLUGIN', () => pool.reclaim(there.holder))
  thrown('ANB_PLUGIN', () => pool.reclaim(0))
  pool.release(mine)
  pool.release(read)
  t.equal(pool.report().free, 8)
})

t.test('free slots whose hints were lost with their thread are found after the reclaim', async (t) => {
  const pool = small()
  const { holder, slabs } = pool.share()
  const acquireAll = () => {
    let found = 0
    while (pool.acquire(1) !== null) found += 1
    return found
  }
  for (const slab of slabs) new Int32Array(slab.control)[0] = 0
  t.equal(acquireAll(), slabs.length, 'of each slab the one that this thread freed last')
  pool.reclaim(holder)
  t.equal(acquireAll(), 8 - slabs.length)
})
