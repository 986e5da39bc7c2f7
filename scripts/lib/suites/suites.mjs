// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../command.mjs'
import { findPython } from '../python-environment.mjs'
import { root } from '../root.mjs'
import { atStop } from '../stop.mjs'
import { countCargo } from './count-cargo.mjs'
import { countJunit } from './count-junit.mjs'
import { runTap, sharedFolder, unitFolders } from './tap-suite.mjs'

/** @typedef {import('./count-tap.mjs').Counts} Counts */

/**
 * @param {Counts} counts
 * @param {string} command
 * @param {import('../command.mjs').Done} done
 * @returns {Counts} with a failure of its own when the command failed and no test did
 */
function orCommand(counts, command, { code, output }) {
  if (code === 0 || counts.failures.length > 0) return counts
  return { ...counts, failures: [{ name: `${command} ended with exit code ${code}`, output }] }
}

/** @returns {Promise<Counts>} */
async function rust() {
  const env = { ...process.env, CARGO_TERM_COLOR: 'never', RUST_BACKTRACE: '0' }
  // One pipe for both outputs, so that they stay in order.
  const command = 'exec cargo test --workspace --locked --no-fail-fast 2>&1'
  const done = await run('sh', ['-c', command], { cwd: join(root, 'packages', 'nodes-native'), env })
  return orCommand(countCargo(done.output), 'cargo test', done)
}

/** @returns {Promise<Counts>} */
async function python() {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-pytest-'))
  const report = join(folder, 'report.xml')
  const remove = () => rmSync(folder, { recursive: true, force: true })
  atStop.add(remove)
  try {
    const cwd = join(root, 'packages', 'nodes-python', 'python')
    const done = await run(await findPython(), ['-m', 'pytest', '-q', `--junitxml=${report}`], { cwd })
    return orCommand(countJunit(readReport(report)), 'pytest', done)
  } finally {
    atStop.delete(remove)
    remove()
  }
}

/** @param {string} file */
function readReport(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** What another version of Node.js may do otherwise: everything in one process, threads, the addon, Python's door. */
const smokeOf = [
  /\/index\.js$/,
  /\/placement\/thread-results\.process\.test\.js$/,
  /\/(?:native-chain|native-threads|speech-chain|python-process|python-executor|server|command-line)(?:\.process)?\.test\.js$/,
]

/**
 * Every suite; those that run under a Node of the caller's choice take it.
 * @type {Record<import('./suite-names.mjs').SuiteName, (node: string) => Promise<Counts>>}
 */
export const suites = {
  typescript: (node) => runTap(unitFolders(), node),
  rust,
  python,
  'end to end': (node) => runTap([sharedFolder('e2e')], node),
  smoke: (node) =>
    runTap([...unitFolders(), sharedFolder('e2e')], node, (program) => smokeOf.some((part) => part.test(program))),
}
