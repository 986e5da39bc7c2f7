// @ts-check
import { parseArgs } from 'node:util'
import { findNode24 } from './lib/node24.mjs'
import { Problem, runMain } from './lib/problem.mjs'
import { setUp } from './lib/set-up.mjs'
import { Stages, seconds } from './lib/stages.mjs'
import { smoke, suiteNamed, suiteNames } from './lib/suites/suite-names.mjs'

/** @typedef {import('./lib/suites/suite-names.mjs').SuiteName} SuiteName */

const usage = `Usage: npm test [-- [--node24] [suite …]]; suites: ${[...suiteNames, smoke].join(', ')}`

/** So many programs of a suite are told with their time. */
const slowest = 8

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { node24: { type: 'boolean', default: false } },
    })
    const asked = positionals.map((text) => {
      const name = suiteNamed(text)
      if (!name) throw new Problem(`No suite is called ${JSON.stringify(text)}.`, { fix: usage })
      return name
    })
    /** @type {readonly SuiteName[]} */
    const all = values.node24 ? [smoke] : suiteNames
    return { node24: values.node24, names: asked.length > 0 ? asked : all }
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(/** @type {Error} */ (error).message, { fix: usage })
  }
}

/**
 * Runs one suite and tells its count, its time and what failed in it. One that ran nothing has failed.
 * @param {SuiteName} name @param {string} node @param {Stages} stages
 */
async function runSuite(name, node, stages) {
  const start = performance.now()
  // It needs a package that setup installs.
  const { suites } = await import('./lib/suites/suites.mjs')
  const { passed, failures, programs } = await stages.run(
    name,
    () => suites[name](node),
    (counts) => counts.failures.length === 0 && counts.passed > 0,
  )
  if (passed + failures.length === 0) failures.push({ name, output: 'The suite ran no test.' })
  const time = seconds(performance.now() - start)
  for (const failure of failures) {
    const output = failure.output.trimEnd().split('\n').slice(-60).join('\n    ')
    process.stdout.write(`\n  not ok: ${failure.name}\n    ${output}\n`)
  }
  const slow = (programs ?? [])
    .slice(0, slowest)
    .map((program) => `  ${program.seconds.toFixed(1)} s  ${program.name}\n`)
  process.stdout.write(slow.join(''))
  process.stdout.write(`${name}: ${passed} passed, ${failures.length} failed in ${time}\n`)
  return { passed, failed: failures.length }
}

await runMain(async () => {
  const { node24, names } = readArguments()
  await setUp()
  const stages = new Stages()
  const node = node24 ? await findNode24(stages) : process.execPath
  let passed = 0
  let failed = 0
  for (const name of names) {
    const counts = await runSuite(name, node, stages)
    passed += counts.passed
    failed += counts.failed
  }
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  return failed > 0 ? 1 : 0
})
