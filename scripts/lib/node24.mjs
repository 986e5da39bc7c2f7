// @ts-check
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, run } from './command.mjs'
import { Problem } from './problem.mjs'
import { root } from './root.mjs'
import { mustSucceed } from './stages.mjs'

const version = '24.21.0'
const folder = join(root, '.cache', `node-${version}`)

/**
 * A Node.js 24 of the project's own, fetched once from the package `node-<platform>`.
 * @param {import('./stages.mjs').Stages} stages
 * @returns {Promise<string>} the path of its program
 */
export async function findNode24(stages) {
  if (process.platform !== 'linux' || (process.arch !== 'x64' && process.arch !== 'arm64')) {
    throw new Problem('The tests under Node.js 24 run on Linux, x64 or arm64.', { fix: 'Use plain npm test here.' })
  }
  const name = `node-linux-${process.arch}`
  const program = join(folder, 'node_modules', name, 'bin', 'node')
  if (!existsSync(program)) {
    await stages.run(`Node.js ${version}`, async () => {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
      const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', `${name}@${version}`]
      mustSucceed(`npm install ${name}`, await npm(args), 'Check the network and the npm configuration.')
    })
  }
  const done = await run(program, ['--version'])
  if (done.stdout.trim() !== `v${version}`) {
    throw new Problem(`${program} does not run.`, { fix: `Delete ${folder} and try again.`, output: done.output })
  }
  return program
}
