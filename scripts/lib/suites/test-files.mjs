// @ts-check
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { root } from '../root.mjs'

/** Tests that start processes, or need one of their own. */
const isProcessTest = (/** @type {string} */ file) => /\.process\.test\.(ts|mjs)$/.test(file)
const isTest = (/** @type {string} */ file) => /\.test\.(ts|mjs)$/.test(file)
const imports = /^\s*(?:import|export)\b[^'"\n]*['"](\.{1,2}\/[^'"]+)['"]/gm

/** @param {string} entry @param {Set<string>} [seen] @returns {Set<string>} every file an entry imports, itself too */
export function reachedFrom(entry, seen = new Set()) {
  if (seen.has(entry) || !statSync(entry, { throwIfNoEntry: false })?.isFile()) return seen
  seen.add(entry)
  for (const [, path = ''] of readFileSync(entry, 'utf8').matchAll(imports))
    reachedFrom(resolve(entry, '..', path), seen)
  return seen
}

/**
 * The test programs of a folder: its index, that imports most tests, and each process test. A test file that neither
 * reaches would never run, so it is told.
 * @param {string} folder
 * @returns {{ programs: string[], unreached: string[] }}
 */
export function findPrograms(folder) {
  if (!existsSync(folder)) return { programs: [], unreached: [] }
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  const tests = files.filter((file) => isTest(file) && !file.includes('node_modules')).map((file) => join(folder, file))
  const index = ['index.ts', 'index.mjs'].map((name) => join(folder, name)).find((file) => existsSync(file))
  const processTests = tests.filter(isProcessTest)
  const others = tests.filter((file) => !isProcessTest(file))
  if (!index) return { programs: tests, unreached: [] }
  const reached = reachedFrom(index)
  return {
    programs: others.length > 0 ? [index, ...processTests] : processTests,
    unreached: others.filter((file) => !reached.has(file)).map((file) => relative(root, file)),
  }
}

/**
 * Where tsc writes the program of a test source, from the root.
 * @param {string} folder the source folder @param {string} built the folder of its built form @param {string} file
 */
export const builtPath = (folder, built, file) =>
  relative(root, file.endsWith('.ts') ? join(built, relative(folder, file).replace(/\.ts$/, '.js')) : file)
