import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { resolveServer } from '@anabranch/nodes-python'

const root = join(import.meta.dirname, '..', '..', '..')
const python = join(root, 'packages', 'nodes-python', 'python', '.venv', 'bin', 'python')
const script = join(root, 'test', 'bench', 'baselines', 'nats_echo.py')

/** What two bare processes over NATS did: frames/s streamed and by request, µs there and back. */
export interface BareFigures {
  readonly stream: number
  readonly request: number
  readonly rtt: number
}

/** Two bare Python processes over a server of their own, asked for one set of figures at a time. */
export async function barePython(frames: number): Promise<{ measure(): Promise<BareFigures>; stop(): Promise<void> }> {
  const server = await resolveServer({ env: { ...process.env, NATS_URL: undefined } as NodeJS.ProcessEnv })
  const child = spawn(python, [script, String(frames)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  child.stdin.write(`${JSON.stringify({ url: server.url, ...server.host })}\n`)
  return {
    async measure() {
      const line = once(lines, 'line')
      child.stdin.write('\n')
      return JSON.parse(String((await line)[0]))
    },
    async stop() {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
      await server.close()
    },
  }
}
