import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { PluginDescription } from './describe-plugin.ts'
import { npmPackage } from './npm-package.ts'
import type { PackageCheck } from './package-check.ts'
import { pythonPackage } from './python-package.ts'

/** The package of a plugin, in the folder that it is published from. */
export interface PluginPackage {
  readonly folder: string
  readonly version: string | undefined
  /** What loads its nodes, as in the `plugins:` of a pipeline in the folder `from`. */
  readonly entries: readonly string[]
  readonly from: string
  /** What it says of itself, where nothing has to be executed to read it. */
  readonly said: Partial<PluginDescription> | undefined
  /** The file that says it, from the folder. */
  readonly place: string
  write(description: PluginDescription): void
  /** Everything about it that needs no run of its nodes. */
  check(description: PluginDescription): Promise<PackageCheck[]>
}

/** The package in a folder: of npm, or with a pyproject.toml alone of PyPI. @throws a usage error where there is none. */
export async function pluginPackage(dir: string): Promise<PluginPackage> {
  const folder = resolve(dir)
  const isPython = existsSync(join(folder, 'pyproject.toml')) && !existsSync(join(folder, 'package.json'))
  return isPython ? pythonPackage(folder) : npmPackage(folder)
}
