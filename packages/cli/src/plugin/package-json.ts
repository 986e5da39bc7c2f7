import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { usageError } from '../usage-error.ts'

/** What is looked at of a package.json. */
export interface PackageJson {
  readonly name?: string
  readonly version?: string
  readonly license?: string
  readonly type?: string
  readonly keywords?: readonly string[]
  readonly engines?: Readonly<Record<string, string>>
  readonly files?: readonly string[]
  readonly main?: string
  readonly exports?: unknown
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly anabranch?: unknown
}

/** @throws a usage error where there is none. */
export function readPackage(folder: string): PackageJson {
  const file = join(folder, 'package.json')
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PackageJson
  } catch (error) {
    throw usageError(
      `${file} cannot be read: ${(error as Error).message}`,
      'run it in the folder of a plugin: with a package.json, or a pyproject.toml',
    )
  }
}

/**
 * The file that the package exports, at its root or at another of its exports (`./nodes`), as a path from its folder;
 * undefined where it does not say.
 */
export function entryOf({ exports, main }: PackageJson, path = '.'): string | undefined {
  const isMap = typeof exports === 'object' && exports !== null && Object.keys(exports).some((key) => /^\./.test(key))
  let at: unknown = isMap ? (exports as Readonly<Record<string, unknown>>)[path] : path === '.' ? exports : undefined
  while (typeof at === 'object' && at !== null) {
    const conditions = at as Readonly<Record<string, unknown>>
    at = conditions.import ?? conditions.node ?? conditions.default
  }
  return typeof at === 'string' ? at : path === '.' ? main : undefined
}
