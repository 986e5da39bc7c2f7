import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readRecord, writeRecord } from './file-records.ts'

/** One file as it was: when it was changed, and its size; null for one that was not there. */
type Stamp = readonly [path: string, changed: number | null, size: number | null]

interface Tried {
  readonly node: string
  readonly read: readonly Stamp[]
}

/** Whether this file was imported before without an accident, and all that its import read is as it was. */
export const wasTried = (file: string): boolean => triedAs(file) !== null

/** What was noted then of all that its import read, where it is still as it was; null otherwise. */
export function triedAs(file: string): string | null {
  try {
    const text = readRecord('tried', file)
    const { node, read } = JSON.parse(text ?? '') as Tried
    const same = node === process.version && read.every((stamp) => stampOf(stamp[0]).join() === stamp.join())
    return same ? text : null
  } catch {
    return null
  }
}

/** Remembers that it was, and what its import read. What cannot be written is tried again. */
export function rememberTried(file: string, read: readonly string[]): void {
  const all = [...new Set([file, ...read, ...installedBy(file)])]
  const tried: Tried = { node: process.version, read: all.map(stampOf) }
  writeRecord('tried', file, JSON.stringify(tried))
}

function stampOf(path: string): Stamp {
  const found = statSync(path, { throwIfNoEntry: false })
  return [path, found?.mtimeMs ?? null, found?.size ?? null]
}

/** What package managers write when they change what an import from this file finds. */
function installedBy(file: string): string[] {
  const folders: string[] = []
  for (let at = dirname(file); dirname(at) !== at; at = dirname(at)) folders.push(at)
  return folders.flatMap((at) => [
    join(at, 'package.json'),
    join(at, 'node_modules', '.package-lock.json'),
    join(at, 'node_modules', '.modules.yaml'),
  ])
}
