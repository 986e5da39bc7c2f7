import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { npmPackage } from './npm-package.ts'
import type { PluginPackage } from './plugin-package.ts'
import { pythonPackage } from './python-package.ts'

/** The package in a folder: of npm, or with a pyproject.toml alone of PyPI. @throws a usage error where there is none. */
export async function findPackage(dir: string): Promise<PluginPackage> {
  const folder = resolve(dir)
  const isPython = existsSync(join(folder, 'pyproject.toml')) && !existsSync(join(folder, 'package.json'))
  return isPython ? pythonPackage(folder) : npmPackage(folder)
}
