import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createPool, type FramePool } from '@anabranch/plugin-sdk/host'
import t from 'tap'
import type { FrameFindings, FrameWork } from './frame-worker.ts'
import { Mailbox } from './mailbox.ts'

const START = 2 ** 20 - 2

/** A pool whose slabs are all made, so that its threads know them from the beginning. */
function fullGrown(slots: number): FramePool {
  const pool = createPool({ bytes: slots * 2048, startGeneration: START })
  const handles = Array.from({ length: slots }, () => pool.acquire(2048) as number)
  for (const handle of handles) pool.release(handle)
  return pool
}

/** Workers on one pool, each told of all the others. */
async function start(pool: FramePool, threads: number, moves: number): Promise<Worker[]> {
  const pools = Array.from({ length: threads }, () => pool.share())
  const mailboxes = pools.map(Mailbox.memory)
  const holders = pools.map(({ holder }) => holder)
  const workers = pools.map((description, me) => {
    const workerData: FrameWork = { pool: description, mailboxes, holders, me, seed: 7919 * (me + 1), moves }
    return new Worker(new URL('./frame-worker.js', import.meta.url), { workerData })
  })
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  return workers
}

for (const slots of [8, 64])
  t.test(`4 threads, 500000 moves on ${slots} slots: no stale read, no leak`, async (t) => {
    const pool = fullGrown(slots)
    const workers = await start(pool, 4, 125_000)
    await Promise.all(workers.map((worker) => once(worker, 'message')))
    const found = await Promise.all(
      workers.map(async (worker) => {
        const found = once(worker, 'message')
        worker.postMessage('drain')
        return ((await found) as [FrameFindings])[0]
      }),
    )
    const sum = (of: (found: FrameFindings) => number) => found.reduce((sum, each) => sum + of(each), 0)
    t.same(
      found.flatMap(({ wrong }) => wrong),
      [],
    )
    t.equal(
      sum(({ moves }) => moves),
      500_000,
    )
    t.equal(
      sum(({ metrics }) => metrics.double_released),
      0,
    )
    const { leased, free } = pool.report()
    t.same(leased, [])
    t.equal(free, slots)
    // That the moves met each other at all; how often is up to the scheduler of the machine.
    t.ok(sum(({ metrics }) => metrics.frames_pooled) > 100, 'frames were made')
    t.ok(sum(({ passed }) => passed) > 10, 'frames were passed on')
    t.ok(sum(({ lucky }) => lucky) > 0, 'handles without a lease were retained in time')
    t.ok(sum(({ metrics }) => metrics.stale) > 0, 'and others too late')
    t.ok(sum(({ full }) => full) > 0, 'the pool was full at times')
    // Before a reclaim, which would set the bits of free slots that had lost theirs.
    t.notOk(Array.from({ length: slots }, () => pool.acquire(1)).includes(null), 'every slot can be had again')
    for (let holder = 1; holder <= 4; holder += 1) t.equal(pool.reclaim(holder), 0)
  })

t.test('threads that are ended in the middle of their moves leave nothing after the reclaim', async (t) => {
  const pool = fullGrown(8)
  let reclaimed = 0
  for (let round = 0; round < 6; round += 1) {
    const workers = await start(pool, 2, Number.POSITIVE_INFINITY)
    await Promise.all(workers.map((worker) => worker.terminate()))
    const before = pool.report()
    // A thread that was ended between a word and its count has left a lease of nobody, which comes back with the last.
    const known = before.leased.filter(({ holders }) => Object.keys(holders).length > 0)
    t.equal(pool.quarantine(1) + pool.quarantine(2) >= known.length, true)
    t.equal(pool.report().quarantined, known.length)
    reclaimed += pool.reclaim(1) + pool.reclaim(2)
    t.same(pool.report().leased, [])
    const handles = Array.from({ length: 8 }, () => pool.acquire(1))
    t.notOk(handles.includes(null), 'every slot can be had again')
    for (const handle of handles) pool.release(handle as number)
  }
  t.ok(reclaimed > 6, `${reclaimed} leases came back`)
})
