import { existsSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

/** The folder of the package that a file belongs to; its own folder where there is none. */
export function packageFolder(file: string): string {
  for (let at = dirname(file); ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at
    if (dirname(at) === at) return dirname(file)
  }
}

/** Whether a path is of this package itself, not of what is installed in it. */
export function isOfPackage(path: string, folder: string): boolean {
  const base = folder.endsWith(sep) ? folder : folder + sep
  return path.startsWith(base) && !path.slice(base.length).split(sep).includes('node_modules')
}
