// @ts-check
import { runShown } from './lib/command.mjs'
import { runMain } from './lib/problem.mjs'
import { setUp } from './lib/set-up.mjs'

await runMain(async () => {
  await setUp()
  return runShown(['test/.build/fault/main.js', ...process.argv.slice(2)])
})
