import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Clock } from '@anabranch/plugin-sdk'
import { killGroup, type WorkerChild } from './spare-worker.ts'
import { TextTail } from './text-tail.ts'

/** What a worker reads from its stdin, as one line of JSON. */
export interface WorkerConfig {
  readonly url: string
  readonly user?: string
  readonly password?: string
  readonly run: string
  readonly node: string
  readonly generation: number
  readonly heartbeat_ms: number
  readonly modules: readonly string[]
  readonly path: readonly string[]
}

/** A Python process in a group of its own. Its stdin is our sign of life: it ends when the pipe does. */
export interface WorkerProcess {
  readonly pid: number | undefined
  /** Resolves once, with how it ended: `exit 2` or `signal SIGKILL`. */
  readonly ended: Promise<string>
  /** The last lines of its stderr. */
  tail(): string
  /** Ends its stdin, and kills the group where that does not help in 1 s. */
  stop(): Promise<void>
  /** Kills the group. */
  kill(): void
}

const STOP_MS = 1000
const TAIL_MS = 50

/** Makes a process that waits for its configuration a worker. */
export function startWorkerProcess(
  child: WorkerChild,
  config: WorkerConfig,
  options: { readonly clock: Clock; readonly onLine: (line: string) => void },
): WorkerProcess {
  child.stdin.write(`${JSON.stringify(config)}\n`)
  const tail = new TextTail(child.stderr, 20, options.onLine)
  let over = false
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `exit ${code}` : `signal ${signal}`))
  }).then(async (how) => {
    over = true
    kill() // what the node itself started, so that stderr ends
    child.stdin.destroy()
    await lastLines(child.stderr, options.clock)
    return how
  })
  const kill = () => {
    if (child.pid !== undefined) killGroup(child.pid)
  }
  return {
    pid: child.pid,
    ended,
    tail: () => tail.text(),
    kill,
    async stop() {
      if (over) return
      const timer = options.clock.setTimeout(kill, STOP_MS)
      child.stdin.end()
      await ended
      options.clock.clearTimeout(timer)
    },
  }
}

/** Waits for what was still in the pipe, for a moment: whoever waits for the worker is to be told at once. */
async function lastLines(stderr: Readable, clock: Clock): Promise<void> {
  if (stderr.destroyed || stderr.readableEnded) return
  let timer: unknown
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, TAIL_MS)
  })
  await Promise.race([once(stderr, 'close'), late])
  clock.clearTimeout(timer)
  stderr.destroy()
}
