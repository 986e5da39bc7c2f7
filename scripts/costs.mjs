// @ts-check
/**
 * Measures what our own nodes cost on this machine, and writes packages/*\/costs.json and docs/costs.md.
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

/** By package, the plugin in it. @type {Readonly<Record<string, string>>} */
const PLUGINS = {
  runtime: '@anabranch/runtime/nodes',
  'nodes-native': '@anabranch/nodes-native',
  'nodes-python': '@anabranch/nodes-python',
}

/** @param {string} name */
async function measured(name) {
  const plugin = PLUGINS[name]
  if (plugin === undefined)
    throw new Problem(`No package ${name}.`, { fix: `Name one of ${Object.keys(PLUGINS).join(', ')}.` })
  const command = ['packages/cli/dist/main.js', 'inspect', plugin, '--measure', '--json']
  const { code, stdout, output } = await run(process.execPath, [...command, '--cases', 'scripts/docs/cost-cases.json'])
  if (code !== 0) throw new Problem(`${plugin} was not measured.`, { output })
  process.stderr.write(output.replace(stdout, ''))
  /** @type {{ nodes: { type: string, runtimes: { runtime: string, cost?: object }[] }[] }} */
  const { nodes } = JSON.parse(stdout)
  return nodes.flatMap(({ type, runtimes }) => {
    const costs = runtimes.flatMap(({ runtime, cost }) => (cost === undefined ? [] : [[runtime, cost]]))
    return costs.length === 0 ? [] : [{ type, costs: Object.fromEntries(costs) }]
  })
}

await runMain(async () => {
  await setUp()
  const named = process.argv.slice(2)
  for (const name of named.length > 0 ? named : Object.keys(PLUGINS)) {
    process.stderr.write(`${name} …\n`)
    const nodes = await measured(name)
    writeFileSync(join(root, 'packages', name, 'costs.json'), `${JSON.stringify(nodes, null, 2)}\n`)
  }
  writeFileSync(join(root, 'docs', 'costs.md'), costPage())
})
