import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

/** This file is built to packages/cli/.build-test/. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Files in a folder inside the repository, so that the packages of this one are found; gone after the test. */
export function folderOf(t: Test, files: Readonly<Record<string, string | Uint8Array>>): (name: string) => string {
  const folder = mkdtempSync(join(root, 'packages', 'cli', '.build-test', 'files-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return (name) => join(folder, name)
}
