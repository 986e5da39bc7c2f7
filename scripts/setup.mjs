// @ts-check
import { runMain } from './lib/problem.mjs'
import { setUp } from './lib/set-up.mjs'

await runMain(() => setUp())
