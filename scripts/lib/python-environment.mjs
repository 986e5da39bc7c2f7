// @ts-check
import { run } from './command.mjs'

/** The interpreter of the Python environment, which setup has made. */
export async function findPython() {
  const done = await run(process.execPath, ['packages/nodes-python/scripts/make-environment.mjs', '--print-python'])
  return done.stdout.trim()
}
