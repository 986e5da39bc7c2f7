import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const root = fileURLToPath(new URL('../../../', import.meta.url))
const readme = join(root, 'packages', 'nodes-native', 'README.md')
/** Beside it lies `anabranch`, as the README has it. Ignored by git. */
const folder = join(root, '.cache', 'third-party')
export const crate = join(folder, 'louder')

/** A file to write, or a command to run. */
type Step = { readonly file: string; readonly text: string } | { readonly command: string }

/** The steps of the README's section for third parties, in their order: a block belongs to the file named last before it. */
function steps(): Step[] {
  const [, section = ''] = readFileSync(readme, 'utf8').split('\n## A package of your own\n')
  const found: Step[] = []
  let named = ''
  let block: string[] | null = null
  for (const line of (section.split('\n## ')[0] ?? '').split('\n')) {
    if (line.startsWith('```')) {
      if (block !== null) found.push({ file: named, text: `${block.join('\n')}\n` })
      block = block === null ? [] : null
    } else if (block !== null) block.push(line)
    else if (line.startsWith('    ')) found.push({ command: line.trim() })
    else named = /`([\w./]+\.(?:toml|rs|mjs))`/.exec(line)?.[1] ?? named
  }
  return found
}

/** Does what the README says, in an empty folder, and gives what the last command wrote. No network is used. */
export async function doSteps(): Promise<{ readonly done: readonly string[]; readonly output: string }> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  symlinkSync(root, join(folder, 'anabranch'))
  const { CARGO_TARGET_DIR: _, ...env } = process.env
  let cwd = folder
  let output = ''
  const done: string[] = []
  for (const step of steps()) {
    if ('file' in step) {
      mkdirSync(dirname(join(cwd, step.file)), { recursive: true })
      writeFileSync(join(cwd, step.file), step.text)
      done.push(step.file)
      continue
    }
    done.push(step.command)
    const [program = '', ...args] = step.command.split(' ')
    if (program === 'cd') {
      cwd = join(cwd, args[0] ?? '')
      // Dependencies are built once for all addons of the checkout.
      symlinkSync(join(root, 'packages', 'nodes-native', 'target'), join(cwd, 'target'))
      continue
    }
    const options = { cwd, env: { ...env, CARGO_NET_OFFLINE: 'true' } }
    output = (await run(program === 'node' ? process.execPath : program, args, options)).stdout
  }
  return { done, output }
}
