import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { newMark, processesLeft, processesWith } from './traces.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'examples', 'three-runtimes')
const program = join(folder, 'dist', 'main.js')

/** The recording that the demo sends through its graph. */
export const recording = join(folder, 'data', 'austen-16k.wav')

/** The demo in a process of its own, with a folder of its own for its result and one for whatever is temporary. */
export interface Demo {
  /** Where it writes. */
  readonly out: string
  readonly pid: number
  /** Everything it has said so far. */
  stdout(): string
  stderr(): string
  /** Resolves when its stdout holds this. */
  says(pattern: RegExp): Promise<void>
  /** Resolves when it has made its first temporary file: the server is about to start. */
  startsServer(): Promise<void>
  /** The id of the process it started whose command line has this. */
  childWith(command: RegExp): number
  kill(signal: NodeJS.Signals): void
  /** Goes away, as `head` does. */
  closeStdout(): void
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly ms: number }>
  /** Processes and temporary files that are there after it; none is the only right answer. */
  left(): Promise<string[]>
}

export function startDemo(t: Test, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Demo {
  const own = mkdtempSync(join(tmpdir(), 'anabranch-test-'))
  const temporary = mkdtempSync(join(own, 'tmp-'))
  const out = join(own, 'result.wav')
  const mark = newMark()
  const start = performance.now()
  const child = spawn(process.execPath, [program, '--out', out, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, [mark.name]: mark.value, ...env },
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ms: performance.now() - start }))
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
    for (const { pid } of processesWith(mark)) process.kill(pid, 'SIGKILL')
    rmSync(own, { recursive: true, force: true })
  })
  return {
    out,
    pid: child.pid ?? 0,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(said.stdout) && resolve()
        look()
        child.stdout.on('data', look)
        void ended.then(() => reject(new Error(`it ended without ${pattern}:\n${said.stdout}${said.stderr}`)))
      }),
    startsServer: () =>
      new Promise((resolve) => {
        const watcher = watch(temporary)
        const look = () => {
          if (readdirSync(temporary).length === 0) return
          watcher.close()
          resolve()
        }
        watcher.on('change', look)
        look()
      }),
    childWith: (command) => {
      const found = processesWith(mark).find((each) => each.pid !== child.pid && command.test(each.command))
      if (found === undefined) throw new Error(`the demo has no process with ${command}`)
      return found.pid
    },
    closeStdout: () => void child.stdout.destroy(),
    kill: (signal) => void child.kill(signal),
    ended,
    left: async () => [...(await processesLeft(mark)), ...readdirSync(temporary)],
  }
}

/** What the demo says of its ledger. */
export function ledgerOf(stdout: string): { readonly known: number; readonly accepted: number; readonly text: string } {
  const [, known = '', accepted = '', text = ''] = /accounted for ([\d,]+) of ([\d,]+): (.*)/.exec(stdout) ?? []
  const number = (digits: string) => Number(digits.replaceAll(',', '') || Number.NaN)
  return { known: number(known), accepted: number(accepted), text }
}
