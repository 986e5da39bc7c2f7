import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PluginDescription } from './plugin-description.ts'

/** The file that a field `anabranch` names instead of holding the description itself; undefined where it holds it. */
export function fileOfField(field: unknown): string | undefined {
  return typeof field === 'string' ? field.replace(/^\.\//, '') : undefined
}

/** What a package says of itself: its field `anabranch`, or the file that this names. Undefined where there is none. */
export function saidBy(folder: string, field: unknown): Partial<PluginDescription> | undefined {
  const file = fileOfField(field)
  const said = file === undefined ? field : jsonIn(join(folder, file))
  return typeof said === 'object' && said !== null ? said : undefined
}

/** What is in a file of JSON; undefined where it is not there, or no JSON. */
export function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

export function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
