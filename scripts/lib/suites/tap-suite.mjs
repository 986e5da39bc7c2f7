// @ts-check
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { run } from '../command.mjs'
import { root } from '../root.mjs'
import { countTap, programTimes } from './count-tap.mjs'
import { builtPath, findPrograms } from './test-files.mjs'

/** @typedef {import('./count-tap.mjs').Counts} Counts */
/** @typedef {{ source: string, built: string }} Folder where tests are, and where tsc writes them */

/** tap leaves a processor free, which of two is half of them; and programs wait for processes of theirs half of the time. */
const jobs = Math.max(2, availableParallelism() - 1)

/** @returns {Folder[]} */
export function unitFolders() {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  const examples = readdirSync(join(root, 'examples')).map((name) => join(root, 'examples', name))
  const own = [...packages, ...examples].map((path) => ({
    source: join(path, 'test'),
    built: join(path, '.build-test'),
  }))
  const scripts = join(root, 'scripts', 'test')
  const shared = ['contract', 'fault', 'leak', 'shape', 'bench'].map(sharedFolder)
  return [...own, ...shared, { source: scripts, built: scripts }]
}

/** @param {string} name @returns {Folder} */
export const sharedFolder = (name) => ({
  source: join(root, 'test', name),
  built: join(root, 'test', '.build', name),
})

/**
 * Runs the tests of the folders with tap, under a given Node.
 * @param {readonly Folder[]} folders
 * @param {string} node
 * @param {(program: string) => boolean} [wanted] of the built programs, from the root
 * @returns {Promise<Counts>}
 */
export async function runTap(folders, node, wanted = () => true) {
  const found = folders.map(({ source, built }) => {
    const { programs, unreached } = findPrograms(source)
    return { programs: programs.map((file) => builtPath(source, built, file)), unreached }
  })
  const programs = found.flatMap((folder) => folder.programs).filter(wanted)
  const unreached = found.flatMap((folder) => folder.unreached)
  const failures = unreached.map((name) => ({ name, output: 'No index imports this test, so it never runs.' }))
  if (programs.length === 0) return { passed: 0, failures }

  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
  const args = ['node_modules/tap/dist/esm/run.mjs', '--reporter=tap', `--jobs=${jobs}`, ...programs]
  const { code, stdout, output } = await run(node, args, { env })
  const counts = countTap(stdout)
  failures.push(...counts.failures)
  if (code !== 0 && failures.length === 0) failures.push({ name: `tap ended with exit code ${code}`, output })
  return { passed: counts.passed, failures, programs: programTimes(stdout) }
}
