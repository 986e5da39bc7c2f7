import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Row } from './row.ts'

/** This file is built to test/.build/bench/. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const recording = join(root, 'examples', 'captions', 'data', 'two-cities-48k.wav')
const pipeline = join(root, 'test', 'bench', 'pipelines', 'resample-level.yaml')
const command = join(root, 'packages', 'cli', 'bin', 'anabranch.js')
const HEADER = 44

/** Another program that makes 16 kHz of a sound file, and says how loud it is. */
export interface Program {
  readonly name: string
  args(path: string): readonly string[]
  /** How many seconds of sound it heard, by its own words. */
  heard(words: string): number
}

/**
 * A whole process, from its start to its end: `anabranch run` beside another program, on the recording `times` times in a
 * row. Without a baseline where that program is not installed.
 */
export function fileProcess(name: string, times: number, program: Program): Row {
  return {
    name,
    about: `${Math.round(44.4 * times)} s of speech, 48 to 16 kHz, and its level: the whole process`,
    unit: 'ms',
    prepare: () => {
      const folder = mkdtempSync(join(tmpdir(), 'anabranch-bench-'))
      const { path, seconds } = repeated(times, join(folder, 'sound.wav'))
      const installed = spawnSync(program.name, ['--version']).error === undefined
      return {
        ours: () => ours(path, seconds),
        baseline: installed ? { name: program.name, sample: () => theirs(program, path, seconds) } : null,
        cleanup: () => rmSync(folder, { recursive: true, force: true }),
      }
    },
  }
}

function repeated(times: number, path: string) {
  const file = readFileSync(recording)
  // What follows the samples is about them.
  const body = file.subarray(HEADER, HEADER + file.readUInt32LE(40))
  const whole = Buffer.concat([file.subarray(0, HEADER), ...Array.from({ length: times }, () => body)])
  // RIFF: bytes that follow the 8th, and bytes of samples; 16-bit mono at 48 kHz.
  whole.writeUInt32LE(whole.length - 8, 4)
  whole.writeUInt32LE(body.length * times, 40)
  writeFileSync(path, whole)
  return { path, seconds: (body.length * times) / 2 / 48_000 }
}

function ours(path: string, seconds: number): number {
  const { elapsed, out } = timed(process.execPath, [command, 'run', pipeline, '--json', '--set', `input=${path}`])
  const lines = out.trimEnd().split('\n')
  const { ledger } = JSON.parse(lines.at(-1) ?? '')
  if (!ledger.balanced || ledger.delivered !== ledger.accepted) throw new Error(JSON.stringify(ledger))
  // A level for every 100 ms, and one for what is left.
  const levels = lines.filter((line) => line.startsWith('{"output":"level.level"')).length
  if (levels !== Math.ceil(seconds * 10)) throw new Error(`${levels} levels of ${seconds} s`)
  return elapsed
}

function theirs({ name, args, heard }: Program, path: string, seconds: number): number {
  const { elapsed, out, err } = timed(name, args(path))
  const all = heard(out + err)
  // A last part that fills no window is told by none of them.
  if (!(Math.abs(all - seconds) < 0.11)) throw new Error(`${name} heard ${all} s of ${seconds}`)
  return elapsed
}

function timed(program: string, args: readonly string[]) {
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  const elapsed = performance.now() - start
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  return { elapsed, out: stdout, err: stderr }
}
