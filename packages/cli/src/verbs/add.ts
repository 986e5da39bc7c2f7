import { dirname, join, resolve } from 'node:path'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { editPlugins } from '../plugin/edit-plugins.ts'
import { type LockedPlugin, readLock, writeLock } from '../plugin/lock-file.ts'
import type { PackageJson } from '../plugin/package-json.ts'
import { powersOf } from '../plugin/powers.ts'
import { jsonIn, saidBy } from '../plugin/static-description.ts'
import { usageError } from '../usage-error.ts'

export interface AddOptions {
  readonly to: string
  readonly json?: boolean
}

/** Adds an installed plugin to a pipeline, and writes down what it is and what it says that it uses. */
export async function addVerb(name: string, { to, json }: AddOptions, io: Io): Promise<number> {
  const folder = dirname(resolve(to))
  const lock = join(folder, 'anabranch.lock')
  const before = readLock(lock)
  const known = before[name]
  const isPath = /^(\.|\/|python:)/.test(name)
  const now = isPath ? undefined : installed(name, folder)
  const added = editPlugins(to, name, 'add')
  if (now !== undefined) writeLock(lock, { ...before, [name]: now })
  const more = now?.powers.filter((power) => known?.powers.includes(power) !== true) ?? []
  const less = known?.powers.filter((power) => now?.powers.includes(power) !== true) ?? []
  if (json) io.stdout.write(`${JSON.stringify({ name, added, ...now, more, less })}\n`)
  else {
    const version = now === undefined ? '' : ` ${now.version}`
    const from = known !== undefined && known.version !== now?.version ? ` (was ${known.version})` : ''
    const uses = [...more.map((power) => `  + ${power}\n`), ...less.map((power) => `  - ${power}\n`)].join('')
    io.stdout.write(`${name}${version}${from}: ${added ? `added to ${to}` : `${to} has it already`}\n`)
    if (uses !== '') io.stdout.write(`what it says that it uses:\n${uses}`)
  }
  return EXIT.ok
}

/** Takes a plugin out of a pipeline and its lock. The package stays installed. */
export async function removeVerb(name: string, { to, json }: AddOptions, io: Io): Promise<number> {
  const lock = join(dirname(resolve(to)), 'anabranch.lock')
  const { [name]: known, ...others } = readLock(lock)
  const removed = editPlugins(to, name, 'remove')
  if (!removed && known === undefined) throw usageError(`${to} has no plugin "${name}"`, 'see its plugins: list')
  if (known !== undefined) writeLock(lock, others)
  io.stdout.write(json ? `${JSON.stringify({ name, removed })}\n` : `${name}: removed from ${to}\n`)
  return EXIT.ok
}

/** The package of a plugin, which may be behind one of its exports (`@me/anabranch-plugin-words/nodes`). */
const PACKAGE = /^(?:@[^/]+\/)?[^/]+/

/** What is installed under this name where an import from the folder would find it. */
function installed(plugin: string, folder: string): LockedPlugin {
  const name = PACKAGE.exec(plugin)?.[0] ?? plugin
  for (let at = folder; ; at = dirname(at)) {
    const modules = join(at, 'node_modules')
    const pkg = jsonIn(join(modules, name, 'package.json')) as PackageJson | undefined
    if (pkg !== undefined) {
      const { packages } = (jsonIn(join(modules, '.package-lock.json')) ?? {}) as {
        packages?: Readonly<Record<string, { readonly integrity?: string }>>
      }
      const integrity = packages?.[`node_modules/${name}`]?.integrity
      return {
        version: pkg.version ?? '0.0.0',
        ...(integrity !== undefined && { integrity }),
        powers: powersOf(saidBy(join(modules, name), pkg.anabranch)),
      }
    }
    if (dirname(at) === at) throw usageError(`plugin "${name}" is not installed`, `npm install ${name}`)
  }
}
