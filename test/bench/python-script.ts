import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '..', '..', '..')
const python = join(root, 'packages', 'nodes-python', 'python', '.venv', 'bin', 'python')

/** A Python program of this folder that answers each line with a line. */
export interface PythonScript {
  ask(): Promise<string>
  /** A line that it does not answer. */
  tell(line: string): void
  stop(): Promise<void>
}

/** Starts one, in the environment of the Python nodes. */
export function pythonScript(name: string, ...options: string[]): PythonScript {
  const script = join(root, 'test', 'bench', name)
  const child = spawn(python, [script, ...options], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'exit')
  const early = ended.then(([code, signal]) => {
    throw new Error(`${name} ended with ${code ?? signal}`)
  })
  early.catch(() => undefined)
  return {
    async ask() {
      const answer = once(lines, 'line')
      child.stdin.write('\n')
      return String((await Promise.race([answer, early]))[0])
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}
