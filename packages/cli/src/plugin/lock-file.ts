import { readFileSync, writeFileSync } from 'node:fs'
import { usageError } from '../usage-error.ts'
import type { Power } from './powers.ts'

/** What a plugin was when it was added. */
export interface LockedPlugin {
  readonly version: string
  /** Of its tarball, as npm wrote it; absent where npm did not. */
  readonly integrity?: string
  readonly powers: readonly Power[]
}

export type Lock = Readonly<Record<string, LockedPlugin>>

/** The plugins of a lock, none where there is no file. @throws a usage error for what is no lock. */
export function readLock(file: string): Lock {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return {}
  }
  try {
    const { plugins } = JSON.parse(text) as { readonly plugins: Lock }
    if (typeof plugins === 'object' && plugins !== null) return plugins
  } catch {
    // It is told below.
  }
  throw usageError(`${file} is no lock of plugins`, 'restore it, or remove it and add the plugins again')
}

/** Plugins in the order of their names, so that a difference shows what changed. */
export function writeLock(file: string, plugins: Lock): void {
  const sorted = Object.fromEntries(Object.entries(plugins).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify({ lock: 1, plugins: sorted }, null, 2)}\n`)
}
