import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { moduleFolder } from '@anabranch/nodes-python/project'
import type { PluginDescription } from './plugin-description.ts'
import { jsonIn } from './static-description.ts'

/** The file in a package of Python that describes its nodes: data of the wheel, beside its code. */
export const PYTHON_DESCRIPTION = 'anabranch.json'

/** What the package of a plugin in Python says of itself; undefined where it says nothing, or is none. Nothing is started. */
export function pythonDescription(plugin: string, folder: string): Partial<PluginDescription> | undefined {
  const [said] = foldersOf(plugin, folder).flatMap((at) => jsonIn(join(at, PYTHON_DESCRIPTION)) ?? [])
  return typeof said === 'object' && said !== null ? said : undefined
}

/** Where its package may be: of `python:my_pkg.nodes`, of a file in a package, of a folder with a pyproject.toml. */
function foldersOf(plugin: string, folder: string): string[] {
  if (plugin.startsWith('python:')) {
    const name = plugin.slice('python:'.length).split('.')[0] as string
    return [join(folder, name), moduleFolder(name) ?? []].flat()
  }
  const path = resolve(folder, plugin)
  if (plugin.endsWith('.py')) return packagesAbove(dirname(path))
  if (!existsSync(join(path, 'pyproject.toml'))) return []
  const source = existsSync(join(path, 'src')) ? join(path, 'src') : path
  return readdirSync(source).map((name) => join(source, name))
}

/** From here up, while there is a package around it. */
function packagesAbove(folder: string): string[] {
  return existsSync(join(folder, '__init__.py')) ? [folder, ...packagesAbove(dirname(folder))] : []
}
