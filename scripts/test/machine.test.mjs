// @ts-check
import { test } from 'tap'
import { atLeast, versionOf } from '../lib/machine.mjs'

test('reads and compares versions by number', async (t) => {
  t.same(versionOf('v20.19.1'), [20, 19])
  t.same(versionOf('nothing'), [])
  t.ok(atLeast([20, 19], [20, 19]))
  t.ok(atLeast([24, 0], [20, 19]))
  t.notOk(atLeast([20, 9], [20, 19]))
  t.notOk(atLeast([3, 9], [3, 11]))
})
