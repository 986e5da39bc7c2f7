// @ts-check
import { Parser } from 'tap-parser'

/**
 * What a suite did: how many tests passed, and each one that did not, with what it said; and how long its programs took.
 * @typedef {{ passed: number, failures: { name: string, output: string }[], programs?: Program[] }} Counts
 * @typedef {{ name: string, seconds: number }} Program
 */

/**
 * One level of TAP: what its own assertions did wrong, and how many levels are inside.
 * @typedef {{ path: string[], children: number, wrong: string[] }} Level
 */

/** @typedef {import('tap-parser').Result} Result */

/** @param {Result} result */
const isUndone = (result) => result.skip !== false || result.todo !== false

/** @param {Result} result */
function describe(result) {
  if (isUndone(result)) return `${result.skip !== false ? 'skipped' : 'to do'}: ${result.name}`
  const { diff, stack, source, signal, exitCode } = /** @type {Record<string, unknown>} */ (result.diag ?? {})
  const parts = [result.name, diff, stack ?? source, signal && `signal ${signal}`, exitCode && `exit code ${exitCode}`]
  return parts.filter(Boolean).join('\n').trimEnd()
}

/**
 * Counts tests, not assertions: a level of TAP without levels inside is one test. A skipped or unfinished one counts
 * as failed, and so does an assertion that fails beside inner tests, under the name of the level it is in.
 * @param {string} text TAP of version 14
 * @returns {Counts}
 */
export function countTap(text) {
  /** @type {Counts} */
  const counts = { passed: 0, failures: [] }
  const parser = new Parser()
  watch(parser, { path: [], children: 0, wrong: [] }, counts)
  parser.end(text)
  return counts
}

/** @param {string} text @returns {Program[]} how long each took, as tap says it of the outermost level, longest first */
export function programTimes(text) {
  const lines = text.matchAll(/^(?:not )?ok \d+ - (.+?) # time=([\d.]+)ms/gm)
  const times = [...lines].map(([, name = '', time]) => ({ name, seconds: Number(time) / 1000 }))
  return times.sort((a, b) => b.seconds - a.seconds)
}

/** @param {Parser} parser @param {Level} level @param {Counts} counts */
function watch(parser, level, counts) {
  /** The inner level whose closing line comes next. @type {(Level & { failures: number }) | undefined} */
  let inner
  parser.on('child', (child) => {
    level.children += 1
    inner = { path: [...level.path, child.name], children: 0, wrong: [], failures: counts.failures.length }
    watch(child, inner, counts)
  })
  parser.on('assert', (result) => {
    const closed = inner
    inner = undefined
    if (closed) close(closed, result, counts)
    else if (!result.ok || isUndone(result)) judge(result, level, counts)
  })
  parser.on('bailout', (reason) => level.wrong.push(`bailed out: ${reason}`))
}

/**
 * A failed assertion of this level: told at once when it stands for a skipped test, else when the level is closed.
 * @param {Result} result @param {Level} level @param {Counts} counts
 */
function judge(result, level, counts) {
  if (!isUndone(result)) level.wrong.push(describe(result))
  else {
    level.children += 1
    counts.failures.push({ name: [...level.path, result.name].join(' › '), output: describe(result) })
  }
}

/** @param {Level & { failures: number }} level @param {Result} result its line in the level above @param {Counts} counts */
function close(level, result, counts) {
  const failedInside = counts.failures.length > level.failures
  if (level.wrong.length > 0) {
    counts.failures.push({ name: level.path.join(' › '), output: level.wrong.join('\n') })
  } else if (failedInside) {
    return
  } else if (!result.ok || isUndone(result)) {
    counts.failures.push({ name: level.path.join(' › '), output: describe(result) })
  } else if (level.children === 0) {
    counts.passed += 1
  }
}
