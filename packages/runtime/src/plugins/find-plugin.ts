import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PluginError } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'

const MODULES = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']
const PACKAGE = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(\/[\w.~-]+)*$/i

/** Whether an entry of a `plugins:` list is a path, not the name of a package. */
export function isPath(name: string): boolean {
  return /^(\.{1,2}([\\/]|$)|[\\/]|[a-z]:[\\/])/i.test(name)
}

/** The file that a plugin of a `plugins:` list is in. @throws PluginError */
export async function findPlugin(name: string, folder: string): Promise<string> {
  if (isPath(name)) return findFile(name, resolve(folder, name))
  if (name.startsWith('file:')) return findFile(name, fileURLToPath(name))
  return findPackage(name, folder)
}

function findFile(name: string, path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) {
    const [near] = nearest(basename(path), filesIn(dirname(path)))
    throw new PluginError(`plugin "${name}": there is no file ${path}`, {
      fix:
        near === undefined
          ? "give a path from the pipeline's folder"
          : `did you mean "${name.slice(0, -basename(path).length)}${near}"?`,
    })
  }
  if (!found.isFile())
    throw new PluginError(`plugin "${name}": ${path} is no file`, { fix: 'name the file that exports the plugin' })
  if (extname(path) === '.node')
    throw new PluginError(`plugin "${name}": an addon alone is no plugin`, {
      fix: 'write a module that makes its nodes with nativeNode(loadAddon(path), type), and name that',
    })
  if (!MODULES.includes(extname(path)))
    throw new PluginError(`plugin "${name}": a ${extname(path) || 'nameless'} file is no module`, {
      fix: `name one of ${MODULES.join(', ')}`,
    })
  return path
}

async function findPackage(name: string, folder: string): Promise<string> {
  if (!PACKAGE.test(name))
    throw new PluginError(`plugin "${name}" is neither a package name nor a path`, {
      fix: 'write the name of an installed package, or a path that begins with "./"',
    })
  const { resolve: resolveImport } = await import('import-meta-resolve')
  const parent = pathToFileURL(join(folder, 'pipeline.yaml')).href
  let url: string
  try {
    url = resolveImport(name, parent)
  } catch (cause) {
    throw notFound(name, folder, cause as Error & { code?: string })
  }
  if (!url.startsWith('file:'))
    throw new PluginError(`plugin "${name}" is a part of Node.js, not a plugin`, { fix: 'name a package' })
  return fileURLToPath(url)
}

function notFound(name: string, folder: string, cause: Error & { code?: string }): Error {
  const [scopeOrName = '', rest] = name.split('/')
  const packageName = scopeOrName.startsWith('@') ? `${scopeOrName}/${rest}` : scopeOrName
  const installed = packagesAbove(folder)
  if (installed.has(packageName))
    return new PluginError(`plugin "${name}" is installed, but cannot be imported: ${cause.message}`, {
      cause,
      fix: 'a plugin is the default export of what its package.json names in "exports" or "main"',
    })
  const [near] = nearest(packageName, installed)
  if (statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    return new PluginError(`plugin "${name}" is no package: it is a file, and a path begins with "./"`, {
      cause,
      fix: `write "./${name}"`,
    })
  return new PluginError(
    `plugin "${name}" is not installed: there is no package of that name in node_modules of ${folder} or above${near === undefined ? '' : `; did you mean "${near}"?`}`,
    {
      cause,
      fix: near === undefined ? `npm install ${packageName}` : `write "${near}", or npm install ${packageName}`,
    },
  )
}

/** The names of all packages that can be imported from a folder. */
function packagesAbove(folder: string): Set<string> {
  const names = new Set<string>()
  for (let at = resolve(folder); ; at = dirname(at)) {
    const modules = join(at, 'node_modules')
    for (const name of filesIn(modules))
      if (!name.startsWith('@')) names.add(name)
      else for (const inScope of filesIn(join(modules, name))) names.add(`${name}/${inScope}`)
    if (dirname(at) === at) return names
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch {
    return []
  }
}
