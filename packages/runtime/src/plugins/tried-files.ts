import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { userCacheFolder } from './user-cache-folder.ts'

/** So many are remembered at most. */
const MOST = 200

/** One file as it was: when it was changed, and its size; null for one that was not there. */
type Stamp = readonly [path: string, changed: number | null, size: number | null]

interface Tried {
  readonly node: string
  readonly read: readonly Stamp[]
}

/** Whether this file was imported before without an accident, and all that its import read is as it was. */
export function wasTried(file: string): boolean {
  try {
    const { node, read } = JSON.parse(readFileSync(recordOf(file), 'utf8')) as Tried
    return node === process.version && read.every((stamp) => stampOf(stamp[0]).join() === stamp.join())
  } catch {
    return false
  }
}

/** Remembers that it was, and what its import read. What cannot be written is tried again. */
export function rememberTried(file: string, read: readonly string[]): void {
  const record = recordOf(file)
  const all = [...new Set([file, ...read, ...installedBy(file)])]
  const tried: Tried = { node: process.version, read: all.map(stampOf) }
  try {
    mkdirSync(dirname(record), { recursive: true, mode: 0o700 })
    writeFileSync(`${record}.${process.pid}`, JSON.stringify(tried))
    renameSync(`${record}.${process.pid}`, record)
    forgetOldest(dirname(record))
  } catch {
    // A folder that is not ours to write to, or a full disk.
  }
}

const recordOf = (file: string) =>
  join(userCacheFolder(), 'tried', `${createHash('sha256').update(file).digest('hex').slice(0, 32)}.json`)

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

function forgetOldest(folder: string): void {
  const records = readdirSync(folder)
  if (records.length <= MOST) return
  const byAge = records
    .map((name) => ({ path: join(folder, name), changed: stampOf(join(folder, name))[1] ?? 0 }))
    .sort((a, b) => a.changed - b.changed)
  for (const { path } of byAge.slice(0, records.length - MOST)) rmSync(path, { force: true })
}
