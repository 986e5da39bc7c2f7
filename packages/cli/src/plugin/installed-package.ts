import { dirname, join } from 'node:path'
import type { PackageJson } from './package-json.ts'
import { jsonIn } from './static-description.ts'

/** The package that an import finds. */
export interface InstalledPackage {
  readonly name: string
  readonly folder: string
  readonly json: PackageJson
  /** Which of its exports is named: `.`, or `./nodes` of `@scope/x/nodes`. */
  readonly path: string
}

/** The package and the export that a plugin's name names. */
export function namesOf(plugin: string): { readonly name: string; readonly path: string } | undefined {
  const [, name, inside = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(plugin) ?? []
  return name === undefined || name.startsWith('.') ? undefined : { name, path: `.${inside}` }
}

/** The package of a plugin's name, as an import from this folder finds it; undefined where it is not installed. */
export function installedPackage(plugin: string, from: string): InstalledPackage | undefined {
  const names = namesOf(plugin)
  if (names === undefined) return undefined
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', names.name)
    const json = jsonIn(join(folder, 'package.json')) as PackageJson | undefined
    if (json !== undefined) return { ...names, folder, json }
    if (dirname(at) === at) return undefined
  }
}

/** The nearest package from a folder up. */
export function packageAbove(from: string): Pick<InstalledPackage, 'folder' | 'json'> | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const json = jsonIn(join(folder, 'package.json')) as PackageJson | undefined
    if (json !== undefined) return { folder, json }
    if (dirname(folder) === folder) return undefined
  }
}
