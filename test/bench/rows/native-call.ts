import { addon } from '@anabranch/nodes-native'
import { AT, CALLED, INPUT, OUTPUTS, STATUS, VERB } from '@anabranch/nodes-native/door'
import { createPool } from '@anabranch/plugin-sdk/host'
import type { Row } from '../row.ts'

const CALLS = 200_000

/** A call of the addon on a frame of a pool, with as little work in it as a node can have: one sample, multiplied in place. */
export const row: Row = {
  name: 'native_call',
  about: 'a call into Rust and back: a frame by its handle, one sample of work',
  unit: 'µs',
  limit: 0.2,
  warmups: 3,
  prepare() {
    const { doors, block, pools } = addon
    const pool = createPool()
    const node = doors.create('GainNode', JSON.stringify({ db: 0, in_place: true }))
    doors.prepare(node)
    return {
      ours: () => {
        const slot = pool.acquire(4) as number
        const start = performance.now()
        for (let i = 0; i < CALLS; i++) {
          block[AT.inputKind] = INPUT.audio
          block[AT.inputHandle] = slot
          block[AT.inputOffset] = 0
          block[AT.inputSamples] = 1
          block[AT.rate] = 16_000
          block[AT.channels] = 1
          block[AT.writable] = 1
          block[AT.outputHandle] = -1
          block[AT.pool] = pools.numberOf(pool)
          block[AT.followers] = 0
          block[AT.timed] = 0
          block[CALLED] = node
          block[AT.verb] = VERB.execute
          doors.call()
        }
        const elapsed = performance.now() - start
        if (block[OUTPUTS] !== STATUS.inInput || block[OUTPUTS + 1] !== 1) throw new Error('it gave something else')
        pool.release(slot)
        return (elapsed * 1000) / CALLS
      },
      baseline: null,
      cleanup: () => {
        doors.drop(node)
        pool.close()
      },
    }
  },
}
