import { dirname, join, resolve } from 'node:path'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { editPlugins } from '../plugin/edit-plugins.ts'
import { installedPackage, namesOf } from '../plugin/installed-package.ts'
import { type LockedPlugin, readLock, writeLock } from '../plugin/lock-file.ts'
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

/** What is installed under this name where an import from the folder would find it; it may be behind an export of its package. */
function installed(plugin: string, folder: string): LockedPlugin {
  const found = installedPackage(plugin, folder)
  if (found === undefined) {
    const name = namesOf(plugin)?.name ?? plugin
    throw usageError(`plugin "${name}" is not installed`, `npm install ${name}`)
  }
  const { name, folder: inside, json } = found
  const modules = inside.slice(0, -name.length)
  const { packages } = (jsonIn(join(modules, '.package-lock.json')) ?? {}) as {
    packages?: Readonly<Record<string, { readonly integrity?: string }>>
  }
  const integrity = packages?.[`node_modules/${name}`]?.integrity
  return {
    version: json.version ?? '0.0.0',
    ...(integrity !== undefined && { integrity }),
    powers: powersOf(saidBy(inside, json.anabranch)),
  }
}
