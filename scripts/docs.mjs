// @ts-check
/**
 * Writes what of docs/ is made from source: the references of the SDKs, and the table of what our nodes cost.
 *
 *   npm run docs               write them
 *   npm run docs -- --check    say which are not what the source says
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { costPage } from './docs/cost-page.mjs'
import { pythonReference } from './docs/python-reference.mjs'
import { typescriptReferences } from './docs/typescript-reference.mjs'
import { Problem, runMain } from './lib/problem.mjs'
import { root } from './lib/root.mjs'

await runMain(async () => {
  const check = process.argv.includes('--check')
  const pages = Object.assign({ 'docs/costs.md': costPage() }, await pythonReference(), await typescriptReferences())
  const stale = Object.entries(pages).filter(([path, text]) => textOf(join(root, path)) !== text)
  if (check && stale.length > 0)
    throw new Problem(`Not what the source says: ${stale.map(([path]) => path).join(', ')}.`, { fix: 'npm run docs' })
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    process.stdout.write(`${path}\n`)
  }
  process.stdout.write(`${Object.keys(pages).length} pages are what the source says\n`)
  return 0
})

/** @param {string} path */
function textOf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
