import { readFileSync, writeFileSync } from 'node:fs'
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
      'run it in the folder of a plugin in TypeScript',
    )
  }
}

/** Writes one field, and leaves the order of the others. */
export function writeField(folder: string, field: string, value: unknown): void {
  const file = join(folder, 'package.json')
  const before = JSON.parse(readFileSync(file, 'utf8')) as object
  writeFileSync(file, `${JSON.stringify({ ...before, [field]: value }, null, 2)}\n`)
}

/** The file that the package exports, as a path from its folder; undefined where it does not say. */
export function entryOf({ exports, main }: PackageJson): string | undefined {
  let at: unknown = typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports
  while (typeof at === 'object' && at !== null) {
    const conditions = at as Readonly<Record<string, unknown>>
    at = conditions.import ?? conditions.node ?? conditions.default
  }
  return typeof at === 'string' ? at : main
}
