import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const PACKAGE = '@anabranch/nodes-python'
/** In a line that is no comment. */
const NAMED = new RegExp(`^[^#\\n]*${PACKAGE}(?![\\w/-])`, 'm')

/**
 * Starts the Python process of a pipeline that is about to run before anything else is read, the command itself included:
 * until Python has imported what a node needs takes longest of all. It looks for the package's name in the text, and does
 * nothing where that is not there. Where no node needs it, the check of the pipeline ends the process, or this one's end.
 */
export async function earlyPython([verb, ...args]: readonly string[]): Promise<void> {
  const file = args.find((each) => /^[^-].*\.(ya?ml|json)$/.test(each))
  if (verb !== 'run' || file === undefined) return
  try {
    if (!NAMED.test(readFileSync(file, 'utf8'))) return
    const door = createRequire(resolve(file)).resolve(`${PACKAGE}/early`)
    const { startPython } = (await import(door)) as { startPython(): void }
    startPython()
  } catch {
    // The check of the pipeline tells what is wrong.
  }
}
