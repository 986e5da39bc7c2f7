import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ENVIRONMENT } from './own-environment.ts'

/** The folder of a package that is installed in the environment of this package; undefined where it is not. Nothing is started. */
export function moduleFolder(name: string): string | undefined {
  const lib = join(ENVIRONMENT, 'lib')
  if (!existsSync(lib)) return undefined
  return readdirSync(lib)
    .map((python) => join(lib, python, 'site-packages', name))
    .find((folder) => existsSync(folder))
}
