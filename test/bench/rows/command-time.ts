import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Measured } from '../row.ts'

/** This file is built to test/.build/bench/rows/. */
const root = fileURLToPath(new URL('../../../../', import.meta.url))
const program = join(root, 'packages', 'cli', 'dist', 'main.js')

/** What every program of Node.js pays before its first line. */
const nothing = { name: 'node -e 0', sample: () => whole(['-e', '0'], root) }

/** ms of the whole process; it must end well. */
export function whole(args: readonly string[], cwd: string): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  const elapsed = performance.now() - start
  if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`)
  return elapsed
}

/** ms to the first byte on stdout. */
export function firstOutput(args: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    let first: number | null = null
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
    child.stdout.once('data', () => {
      first = performance.now() - start
    })
    child.stdout.resume()
    child.on('close', (code) => {
      if (code === 0 && first !== null) resolve(first)
      else reject(new Error(`it ended with ${code}`))
    })
  })
}

/** Times the command beside a process that does nothing. */
export function commandTime(
  args: readonly string[],
  folder: string,
  time: (args: readonly string[], cwd: string) => number | Promise<number>,
): Measured {
  const cwd = join(root, folder)
  return { ours: () => time([program, ...args], cwd), baseline: nothing }
}
