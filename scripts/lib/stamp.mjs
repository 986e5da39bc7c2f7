// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** @param {readonly string[]} files */
export function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

/** @param {string} file @param {string} hash */
export const isStamped = (file, hash) => existsSync(file) && readFileSync(file, 'utf8') === hash

/** @param {string} file @param {string} hash */
export const stamp = (file, hash) => writeFileSync(file, hash)
