import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { userCacheFolder } from './user-cache-folder.ts'

/** So many are kept at most. */
const MOST = 200

/** What is kept about a file between processes; null where nothing is, or it cannot be read. */
export function readRecord(kind: string, file: string): string | null {
  try {
    return readFileSync(placeOf(kind, file), 'utf8')
  } catch {
    return null
  }
}

/** Keeps it in one go, so that nobody reads half of it. What cannot be written is not kept. */
export function writeRecord(kind: string, file: string, text: string): void {
  const record = placeOf(kind, file)
  try {
    mkdirSync(dirname(record), { recursive: true, mode: 0o700 })
    writeFileSync(`${record}.${process.pid}`, text)
    renameSync(`${record}.${process.pid}`, record)
    forgetOldest(dirname(record))
  } catch {
    // A folder that is not ours to write to, or a full disk.
  }
}

const placeOf = (kind: string, file: string) =>
  join(userCacheFolder(), kind, `${createHash('sha256').update(file).digest('hex').slice(0, 32)}.json`)

function forgetOldest(folder: string): void {
  const records = readdirSync(folder)
  if (records.length <= MOST) return
  const changed = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const byAge = records
    .map((name) => ({ path: join(folder, name), changed: changed(join(folder, name)) }))
    .sort((a, b) => a.changed - b.changed)
  for (const { path } of byAge.slice(0, records.length - MOST)) rmSync(path, { force: true })
}
