// @ts-check
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'tap'
import { root } from '../lib/root.mjs'

/**
 * The lines of a file at which Biome finds an error, by the rules of this repository.
 * @param {string} path @param {readonly string[]} lines
 */
function errorsIn(path, lines) {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-test-'))
  try {
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'))
    cpSync(join(root, 'scripts', 'lint'), join(folder, 'scripts', 'lint'), { recursive: true })
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `${lines.join('\n')}\n`)
    const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
    const args = ['lint', '--vcs-enabled=false', '--diagnostic-level=error', '--reporter=github', path]
    const { status, stdout, stderr } = spawnSync(process.execPath, [biome, ...args], { cwd: folder, encoding: 'utf8' })
    const found = [...stdout.matchAll(/^::error .*?line=(\d+)/gm)].map(([, line]) => Number(line))
    if (status !== (found.length > 0 ? 1 : 0)) throw new Error(stdout + stderr)
    return [...new Set(found)].sort((a, b) => a - b)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const refused = [
  "export { ReplaySubject } from 'rxjs'",
  "export { BehaviorSubject } from 'rxjs'",
  "export { shareReplay } from 'rxjs'",
  "export { concatMap } from 'rxjs'",
  "export { interval } from 'rxjs'",
  "export { map } from 'rxjs/operators'",
  "export { setTimeout } from 'node:timers/promises'",
  "import * as rx from 'rxjs'",
  "import { mergeMap as mm } from 'rxjs'",
  "import { map, mergeAll as ma } from 'rxjs'",
  'import { flatMap as fm, of } from "rxjs"',
  "import { Subject as Bus, type Observable } from 'rxjs'",
  "export { mergeMap as open } from 'rxjs'",
  'export const a = [rx, setTimeout(f, 1)]',
  'export const b = setInterval(f, 1)',
  'export const c = setImmediate(f)',
  'export const d = globalThis.setTimeout(f, 1)',
  'export const e = mergeMap(f)',
  'export const g = mergeMap(f, Infinity)',
  'export const h = mergeMap(f, Number.POSITIVE_INFINITY)',
  'export const i = mergeAll()',
  'export const j = new Subject()',
  'export const k = new Subject<number>()',
]
const taken = [
  "import { mergeAll, mergeMap, Subject } from 'rxjs'",
  "import { map as each, type Subject as Inputs } from 'rxjs'",
  "import { Subject as Case } from './subject.ts'",
  'export const f = () => 1',
  'export const l = [mergeMap(f, 4), mergeAll(4), Subject, [[1]].flatMap(f)]',
]

test('raw timers, queues without a bound and subjects are lint errors in the runtime', async (t) => {
  const lines = [...taken, ...refused]
  t.same(
    errorsIn('packages/runtime/src/file.ts', lines),
    refused.map((_, at) => taken.length + 1 + at),
  )
})

test('the clock may use timers, and tests may use all of it', async (t) => {
  t.same(errorsIn('packages/runtime/src/clock.ts', ['export const a = setTimeout(() => 1, 1)']), [])
  t.same(errorsIn('packages/runtime/test/file.ts', [...taken, ...refused]), [])
})
