// @ts-check
import { runShown } from './lib/command.mjs'
import { runMain } from './lib/problem.mjs'
import { setUp } from './lib/set-up.mjs'

const example = 'examples/three-runtimes'

await runMain(async () => {
  await setUp({ typescript: [example] })
  return runShown([`${example}/dist/main.js`, ...process.argv.slice(2)])
})
