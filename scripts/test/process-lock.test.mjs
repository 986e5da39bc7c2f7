// @ts-check
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { withProcessLock } from '../lib/process-lock.mjs'

const nobody = () => {}

test('lets one at a time in, and gives back after an error', async (t) => {
  const file = join(t.testdir(), 'folder', 'lock')
  let inside = 0
  let most = 0
  let waits = 0
  const work = async () => {
    inside += 1
    most = Math.max(most, inside)
    await new Promise((resolve) => setImmediate(resolve))
    inside -= 1
  }
  const wait = () => {
    waits += 1
  }
  await Promise.all([1, 2, 3].map(() => withProcessLock(file, wait, work)))
  t.equal(most, 1)
  t.equal(waits, 2)
  await t.rejects(withProcessLock(file, nobody, () => Promise.reject(new Error('no'))))
  t.notOk(existsSync(file))
})

test('takes over from a process that is gone, or whose id another process has now', async (t) => {
  const file = join(t.testdir(), 'lock')
  for (const gone of ['999999999 1', `${process.pid} 1`, 'nonsense', '']) {
    writeFileSync(file, gone)
    t.equal(await withProcessLock(file, nobody, async () => 'in'), 'in')
  }
})
