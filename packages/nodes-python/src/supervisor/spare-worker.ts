import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { Env } from '../environment/env.ts'

/** A Python process that waits for its configuration on stdin. It ends when that does. */
export type WorkerChild = ChildProcessByStdio<Writable, null, Readable>

/** A node that a worker will be asked for, as the pipeline has it, and where Python finds it. */
export interface AheadNode {
  readonly module: string
  readonly type: string
  readonly params: unknown
}

/**
 * What a worker is told of its surroundings, unless they say it themselves: how long threads that have nothing to do look
 * for work before they sleep. Beside a worker others need the cores.
 *
 * Those of OpenBLAS, which comes with numpy, do so for 2^26 turns by default, 40 ms of a core whenever a process starts;
 * 2^20 are less than one. Those of GNU OpenMP do for 300,000, some ms after each part of a model; with 2,000 the captions
 * example takes 5 % less time, and with 100 it takes a third more.
 */
const DEFAULTS: Env = { OPENBLAS_THREAD_TIMEOUT: '20', GOMP_SPINCOUNT: '2000' }

/** Starts one, in a process group of its own. With `ahead` it first waits for a node that it prepares, or null. */
export function spawnWorker(python: string, env: Env, ahead = false): WorkerChild {
  const args = ahead ? ['--ahead'] : []
  const child = spawn(python, ['-m', 'anabranch', ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    env: { ...DEFAULTS, ...env, PYTHONUNBUFFERED: '1' },
  })
  child.stdin.on('error', () => undefined) // it died before it read its configuration: its exit tells
  return child
}

interface Spare {
  readonly child: WorkerChild
  readonly python: string
  readonly env: Env
  told: boolean
}

/**
 * A worker that is started before it is known for which node. While it waits it keeps nobody from ending, and ends with
 * whoever does.
 */
export class SpareWorker {
  #spare: Spare | null = null

  /** Starts one where none waits. */
  start(python: string, env: Env): void {
    if (this.#spare !== null) return
    const child = spawnWorker(python, env, true)
    const spare = { child, python, env: { ...env }, told: false }
    const gone = () => {
      if (this.#spare === spare) this.#spare = null
    }
    child.once('error', gone)
    child.once('exit', gone)
    holdOpen(child, false)
    this.#spare = spare
  }

  /** Whether one waits. */
  get waits(): boolean {
    return this.#spare !== null
  }

  /** What the one that waits prepares, once. By stdin: others may read the arguments of a process. */
  tell(ahead: AheadNode | null): void {
    if (this.#spare === null || this.#spare.told) return
    this.#spare.told = true
    this.#spare.child.stdin.write(`${JSON.stringify(ahead)}\n`)
  }

  /** The one that waits, for a worker that would be started in this very way; undefined where there is none. */
  take(python: string, env: Env): WorkerChild | undefined {
    const spare = this.#spare
    if (spare === null || spare.python !== python || !equal(spare.env, env)) return undefined
    this.tell(null)
    this.#spare = null
    holdOpen(spare.child, true)
    return spare.child
  }

  /** Ends the one that waits: nothing of a node is in it. */
  async end(): Promise<void> {
    const child = this.#spare?.child
    this.#spare = null
    if (child?.pid === undefined) return
    holdOpen(child, true)
    const exit = once(child, 'exit')
    killGroup(child.pid)
    await exit
    child.stdin.destroy()
    child.stderr.destroy()
  }
}

/** Kills a process and what it started. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // the group is empty
  }
}

/** Whether a process and its pipes keep this process from ending. */
function holdOpen(child: WorkerChild, hold: boolean): void {
  const pipes = [child.stdin, child.stderr] as unknown as readonly { ref(): void; unref(): void }[]
  for (const each of [child, ...pipes]) {
    if (hold) each.ref()
    else each.unref()
  }
}

function equal(one: Env, other: Env): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key])
}
