import { fileURLToPath } from 'node:url'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** A command in a pseudo-terminal, and what somebody in front of it sees. */
export interface Screen {
  /** Lines of the screen and of what was scrolled out of it, without the empty ones at the end. */
  lines(): string[]
  /** Resolves with the lines as soon as they are as asked for. */
  until(seen: (lines: readonly string[]) => boolean): Promise<string[]>
  write(text: string): void
  kill(signal: string): void
  readonly pid: number
  readonly ended: Promise<number>
}

export function screen(
  args: readonly string[],
  columns: number,
  options: { rows?: number; cwd?: string; env?: object } = {},
): Screen {
  const { rows = 40, cwd = process.cwd(), env = {} } = options
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  const { NO_COLOR: _, FORCE_COLOR: _2, CI: _3, ...inherited } = process.env
  const child = spawn(process.execPath, [program, ...args], {
    cols: columns,
    rows,
    cwd,
    env: { ...inherited, TERM: 'xterm-256color', ...env } as Record<string, string>,
  })
  const lookers = new Set<() => void>()
  const look = () => {
    for (const each of lookers) each()
  }
  child.onData((data) => terminal.write(data, look))
  const lines = () => {
    const buffer = terminal.buffer.active
    const all = Array.from({ length: buffer.length }, (_line, at) => buffer.getLine(at)?.translateToString(true) ?? '')
    while (all.at(-1) === '') all.pop()
    return all
  }
  const ended = new Promise<number>((resolve) => {
    // What was written last is shown first.
    child.onExit(({ exitCode }) => terminal.write('', () => resolve(exitCode)))
  })
  return {
    lines,
    until: (seen) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const now = lines()
          if (!seen(now)) return
          lookers.delete(check)
          resolve(now)
        }
        lookers.add(check)
        void ended.then((code) => {
          check()
          if (lookers.delete(check)) reject(new Error(`it ended with ${code}:\n${lines().join('\n')}`))
        })
        check()
      }),
    write: (text) => child.write(text),
    kill: (signal) => child.kill(signal),
    pid: child.pid,
    ended,
  }
}
