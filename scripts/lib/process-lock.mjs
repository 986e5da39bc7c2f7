// @ts-check
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { atStop } from './stop.mjs'

const pollMs = 200

/**
 * Names a process so that a reused id is not taken for it: the id, and where the system tells it, the start time.
 * @param {number} pid
 * @returns {string | undefined} undefined when no such process lives
 */
function identityOf(pid) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return undefined
  }
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=\S )/)
    return `${pid} ${rest.split(' ')[19]}`
  } catch {
    return `${pid}`
  }
}

/** @param {string} file */
function holderOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** @param {string} holder */
const alive = (holder) => identityOf(Number.parseInt(holder, 10)) === holder

/**
 * Takes a lock file that names its process, and runs the work under it. The file appears complete (by a link), and one
 * left behind by a dead process is moved away before it is replaced, so that two waiters cannot both take it.
 * @template T
 * @param {string} file
 * @param {(pid: number) => void} onWait called once, with the id of the process that holds the lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProcessLock(file, onWait, work) {
  const own = identityOf(process.pid) ?? `${process.pid}`
  const mine = `${file}.${process.pid}`
  mkdirSync(dirname(file), { recursive: true })
  let told = false
  for (;;) {
    if (take(file, mine, own)) break
    const holder = holderOf(file)
    if (holder === undefined) continue
    if (!alive(holder)) {
      moveAway(file, `${mine}.stale`)
      continue
    }
    if (!told) onWait(Number.parseInt(holder, 10))
    told = true
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  const giveBack = () => rmSync(file, { force: true })
  atStop.add(giveBack)
  try {
    return await work()
  } finally {
    atStop.delete(giveBack)
    giveBack()
  }
}

/** @param {string} file @param {string} mine @param {string} own */
function take(file, mine, own) {
  writeFileSync(mine, own)
  try {
    linkSync(mine, file)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(mine, { force: true })
  }
}

/** @param {string} file @param {string} aside */
function moveAway(file, aside) {
  try {
    renameSync(file, aside)
    if (alive(holderOf(aside) ?? '')) linkSync(aside, file)
  } catch {
    // Another process was quicker; the next round sees what it left.
  } finally {
    rmSync(aside, { force: true })
  }
}
