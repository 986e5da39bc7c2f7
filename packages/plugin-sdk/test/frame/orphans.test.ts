import { attachPool, createPool } from '@anabranch/plugin-sdk/host'
import t from 'tap'

t.test('a lease of nobody comes back with the last thread that has ended', async (t) => {
  const pool = createPool({ bytes: 64 * 2048 })
  // It makes the slab that all of them use.
  const kept = pool.acquire(1) as number
  pool.publish(kept, 2)
  const [first, second] = [attachPool(pool.share()), attachPool(pool.share())]
  const lost = first.acquire(1) as number
  first.publish(lost, 3)
  // As if `first` had been ended between the word and its count: the counts of its leases are gone.
  for (const { leases, slots } of pool.slabs) new Int16Array(leases).fill(0, slots, 2 * slots)
  t.match(
    pool.report().leased.map(({ handle, holders }) => [handle, holders]),
    [
      [kept, { 0: 2 }],
      [lost, {}],
    ],
  )
  t.equal(pool.reclaim(1), 0, 'while another thread is attached, it may be on its way')
  t.equal(pool.report().leased.length, 2)
  t.equal(pool.reclaim(2), 3)
  t.match(pool.report().leased, [{ handle: kept, refs: 2 }])
  void second
  t.notOk([1, 2, 3].map(() => pool.acquire(1)).includes(null), 'its slot can be had again')
})
