import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the whole project; this file runs from test/.build/shape. */
export const root = join(import.meta.dirname, '..', '..', '..')

/** The files that git tracks or would, by their paths from the root. */
export function trackedFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' })
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
}

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
