// @ts-check
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{ version?: string, integrity?: string, link?: boolean, resolved?: string, optional?: boolean }} Entry */

/** @param {string} file @returns {Record<string, Entry> | undefined} */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** @param {string} path */
const isInstalled = (path) => path.startsWith('node_modules/') || path.includes('/node_modules/')

/**
 * Whether node_modules is what the lock asks for, by npm's own record of what it installed: true after an
 * `npm install` of one more package as well, so that it is not all fetched twice.
 * @param {Record<string, Entry>} wanted
 * @param {Record<string, Entry>} found
 */
export function isSameTree(wanted, found) {
  for (const [path, entry] of Object.entries(wanted)) {
    if (!isInstalled(path)) continue
    const there = found[path]
    if (!there) {
      if (entry.optional) continue
      return false
    }
    if (entry.link ? there.resolved !== entry.resolved : there.version !== entry.version) return false
    if (entry.integrity && there.integrity !== entry.integrity) return false
  }
  return Object.keys(found).every((path) => !isInstalled(path) || path in wanted)
}

/** @param {string} root */
export function isInstalledAsLocked(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const found = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  return wanted !== undefined && found !== undefined && isSameTree(wanted, found)
}
