import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./parent.js', import.meta.url))
/** Nobody may be left after this time. */
const GONE_MS = 1000

/** Kills programs that stream through a Python node: who of their children is left a second later, and after how long none was. */
export async function parentKills(count: number) {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-test-'))
  const goneMs: number[] = []
  let survivors = 0
  let files = 0
  try {
    for (let kill = 0; kill < count; kill++) {
      const env = { ...process.env, TMPDIR: folder }
      const parent = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      const [line] = (await once(createInterface(parent.stdout), 'line')) as [string]
      const pids = JSON.parse(line) as number[]
      if (pids.length !== 2 || !pids.every(isAlive)) throw new Error(`not at work: ${line}`)
      parent.kill('SIGKILL')
      const start = performance.now()
      while (performance.now() - start < GONE_MS && (pids.some(isAlive) || readdirSync(folder).length > 0))
        await new Promise((resolve) => setTimeout(resolve, 5))
      goneMs.push(performance.now() - start)
      survivors += pids.filter(isAlive).length
      files += readdirSync(folder).length
    }
    return { survivors, files, goneMs }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One that has ended and only waits to be reaped is not alive. */
function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0]
    return state !== 'Z' && state !== 'X'
  } catch {
    return false
  }
}
