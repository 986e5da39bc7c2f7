// @ts-check
/**
 * Measures what our own nodes cost on this machine, and writes packages/*\/anabranch.json and docs/costs.md.
 *
 *   npm run costs                     all of them, some minutes
 *   npm run costs -- nodes-native     those of one package
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { costPage } from './docs/cost-page.mjs'
import { run } from './lib/command.mjs'
import { Problem, runMain } from './lib/problem.mjs'
import { root } from './lib/root.mjs'
import { setUp } from './lib/set-up.mjs'

const PACKAGES = ['runtime', 'nodes-native', 'nodes-python']

/** @param {string} name */
async function measure(name) {
  if (!PACKAGES.includes(name)) throw new Problem(`No package ${name}.`, { fix: `Name one of ${PACKAGES.join(', ')}.` })
  const command = ['packages/cli/dist/main.js', 'plugin', 'build', `packages/${name}`, '--measure']
  const { code, stdout, output } = await run(process.execPath, [...command, '--cases', 'scripts/docs/cost-cases.json'])
  if (code !== 0) throw new Problem(`${name} was not measured.`, { output })
  process.stderr.write(output.replace(stdout, ''))
}

await runMain(async () => {
  await setUp()
  const named = process.argv.slice(2)
  for (const name of named.length > 0 ? named : PACKAGES) {
    process.stderr.write(`${name} …\n`)
    await measure(name)
  }
  writeFileSync(join(root, 'docs', 'costs.md'), costPage())
})
