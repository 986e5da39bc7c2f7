import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const run = promisify(execFile)
export const root = fileURLToPath(new URL('../../../', import.meta.url))
/** tap gives every process options for Node.js, which a compiler or test runner of a stranger does not bear. */
const PLAIN = ['-u', 'NODE_OPTIONS', '-u', 'TAP', '-u', 'NODE_TEST_CONTEXT']

/** Somebody who has nothing but packed packages: folders outside the checkout, and commands in them. */
export interface Stranger {
  readonly folder: string
  /** Runs a command; `anabranch` is that of the packed cli. @throws where it fails, with what it said. */
  run(cwd: string, command: string, ...args: readonly string[]): Promise<string>
  /** As `npm install` of the tarballs into this project would: ours unpacked, those of others linked. */
  install(project: string, ...more: readonly string[]): Promise<void>
}

/** Packs all packages as they would be published. No network is used. */
export async function stranger(t: Test, env: Readonly<Record<string, string>> = {}): Promise<Stranger> {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-stranger-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs)
  const packages = ['plugin-sdk', 'runtime', 'nodes-python', 'cli'].map((name) => join(root, 'packages', name))
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', tarballs, ...packages], { cwd: root })
  const prebuilt = join(root, 'packages', 'nodes-native', 'scripts', 'pack-prebuilt.mjs')
  await run(process.execPath, [prebuilt, tarballs])
  const install = async (project: string, ...more: readonly string[]) => {
    const modules = join(project, 'node_modules')
    for (const tarball of [...readdirSync(tarballs).map((name) => join(tarballs, name)), ...more])
      await unpacked(tarball, modules)
    linkOthers(modules)
  }
  return {
    folder,
    install,
    async run(cwd, command, ...args) {
      const bin = join(cwd, 'node_modules', '.bin')
      const path = `${bin}:${dirname(process.execPath)}:${process.env.PATH}`
      try {
        return (await run('env', [...PLAIN, command, ...args], { cwd, env: { ...process.env, ...env, PATH: path } }))
          .stdout
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
        throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error })
      }
    },
  }
}

async function unpacked(tarball: string, modules: string): Promise<void> {
  const { stdout } = await run('tar', ['-xzOf', tarball, 'package/package.json'])
  const { name, bin = {} } = JSON.parse(stdout) as { name: string; bin?: Record<string, string> }
  const to = join(modules, name)
  mkdirSync(to, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', to, '--strip-components=1'])
  mkdirSync(join(modules, '.bin'), { recursive: true })
  for (const [command, file] of Object.entries(bin)) symlinkSync(join(to, file), join(modules, '.bin', command))
}

/** Everything that is not of ours, from the checkout: what a registry would give. */
function linkOthers(modules: string): void {
  for (const from of [join(root, 'packages', 'cli', 'node_modules'), join(root, 'node_modules')])
    for (const name of packagesIn(from)) {
      const to = join(modules, name)
      if (name.startsWith('@anabranch/') || existsSync(to)) continue
      mkdirSync(dirname(to), { recursive: true })
      symlinkSync(join(from, name), to)
    }
  const tsc = join(modules, '.bin', 'tsc')
  if (!existsSync(tsc)) symlinkSync(join(root, 'node_modules', '.bin', 'tsc'), tsc)
}

function packagesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    if (name.startsWith('.')) return []
    return name.startsWith('@') ? readdirSync(join(folder, name)).map((inScope) => `${name}/${inScope}`) : [name]
  })
}

/** The Python environment of the checkout in the unpacked package: what its script would make, with a network. */
export function linkPython(project: string): string {
  const python = join(project, 'node_modules', '@anabranch', 'nodes-python', 'python')
  symlinkSync(join(root, 'packages', 'nodes-python', 'python', '.venv'), join(python, '.venv'))
  return python
}

export function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { recursive: true })
}
