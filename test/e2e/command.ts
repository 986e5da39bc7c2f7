import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** This file is built to test/.build/e2e/. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = join(root, 'packages', 'cli', 'dist', 'main.js')

export interface Done {
  readonly code: number | null
  readonly out: Buffer
  readonly err: string
}

/** Runs the command in a folder of the repository, as its README says. */
export async function anabranch(folder: string, args: readonly string[], input?: Uint8Array): Promise<Done> {
  const child = spawn(process.execPath, [program, ...args], { cwd: join(root, folder), stdio: 'pipe' })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out: Buffer.concat(out), err: Buffer.concat(err).toString() }
}

/** The lines of `--json`: the outputs, and the result, which must be good. */
export function jsonLines({ code, out, err }: Done) {
  const lines = out
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const result = lines.pop() as { status: string; ledger: { balanced: boolean; in_flight: number; failed: number } }
  const { balanced, in_flight, failed } = result.ledger
  if (code !== 0 || result.status !== 'ok' || !balanced || in_flight > 0 || failed > 0)
    throw new Error(`exit code ${code}: ${JSON.stringify(result)}\n${err}`)
  return { result, values: lines.map(({ value }) => value) }
}
