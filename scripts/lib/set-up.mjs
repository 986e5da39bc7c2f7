// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { npm, run } from './command.mjs'
import { isInstalledAsLocked } from './installed.mjs'
import { findMissing } from './machine.mjs'
import { Problem } from './problem.mjs'
import { withProcessLock } from './process-lock.mjs'
import { root } from './root.mjs'
import { mustSucceed, Stages, seconds } from './stages.mjs'
import { hashOf, isStamped, stamp } from './stamp.mjs'

const tapBuild = join(root, 'node_modules', '@tapjs', 'test', 'test-built')
const tapStamp = join(tapBuild, '.anabranch-stamp')

async function checkMachine() {
  const missing = await findMissing()
  if (missing.length === 0) return
  const lines = missing.map(({ name, why, how }) => `${name} is missing: ${why}; ${how}.`)
  throw new Problem(lines.join('\n'), { fix: 'Then run the same command again.' })
}

/** @param {Stages} stages */
async function installPackages(stages) {
  if (!isInstalledAsLocked(root)) {
    await stages.run('npm ci', async () => {
      const fix = 'Check the network and the npm configuration; the lock is changed by npm install alone.'
      mustSucceed('npm ci', await npm(['ci', '--no-fund', '--no-audit']), fix)
    })
  }
  const wanted = hashOf([join(root, '.taprc'), join(root, 'package-lock.json')])
  if (isStamped(tapStamp, wanted)) return
  await stages.run('test runner', async () => {
    const fix = 'Delete node_modules and run npm run setup again.'
    mustSucceed('tap build', await run(process.execPath, ['node_modules/tap/dist/esm/run.mjs', 'build']), fix)
    stamp(tapStamp, wanted)
  })
}

/** @param {Stages} stages */
function makePython(stages) {
  return stages.run('Python environment', async (tell) => {
    const done = await run(process.execPath, ['packages/nodes-python/scripts/make-environment.mjs'], { tell })
    mustSucceed('The Python environment', done, 'Check the network and the pip configuration, then run it again.')
  })
}

/** @param {Stages} stages */
function buildAddon(stages) {
  return stages.run('Rust addon', async (tell) => {
    const done = await run(process.execPath, ['packages/nodes-native/scripts/build-addon.mjs'], { tell })
    mustSucceed('The Rust addon', done, 'The lines above are from cargo; check the network if a crate is missing.')
  })
}

/** @param {Stages} stages @param {string[]} projects */
function buildTypeScript(stages, projects) {
  return stages.run('TypeScript', async () => {
    const done = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...projects])
    mustSucceed('tsc -b', done, 'Correct the errors above, then run it again.')
    // Not all projects that may be asked for have the command among them.
    if (!existsSync(join(root, 'packages', 'cli', 'dist', 'anabranch.js'))) return
    const bundled = await run(process.execPath, ['packages/cli/scripts/bundle.mjs'])
    mustSucceed('The bundle of the command', bundled, 'Delete packages/cli/dist and run it again.')
  })
}

/**
 * Waits for all of them, so that nothing still runs when the first failure is told.
 * @param {readonly Promise<unknown>[]} work
 */
async function allOf(work) {
  const results = await Promise.allSettled(work)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

/**
 * Makes the checkout ready to run: packages, Python environment, Rust addon, built TypeScript. Safe to repeat.
 * @param {{ typescript?: boolean | string[] }} [options] typescript: false leaves the last one out, a list builds these
 *   projects and what they need
 */
export async function setUp({ typescript = true } = {}) {
  const start = performance.now()
  await checkMachine()
  const waiting = (/** @type {number} */ pid) => process.stderr.write(`Waiting for the setup of process ${pid} …\n`)
  await withProcessLock(join(root, '.cache', 'setup.lock'), waiting, async () => {
    const stages = new Stages()
    await allOf([installPackages(stages), makePython(stages), buildAddon(stages)])
    if (typescript) await buildTypeScript(stages, typescript === true ? [] : typescript)
  })
  process.stderr.write(`Ready in ${seconds(performance.now() - start)}.\n`)
}
