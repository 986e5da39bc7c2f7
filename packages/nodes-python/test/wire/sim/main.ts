// `npm run wire -- RUNS [SEED]`: the transport in virtual time, for as many seeds as you like; the first that fails is printed.
import { simulate } from './sim.ts'

const [n = '10000', first = '1'] = process.argv.slice(2)
const start = performance.now()
const sums = { calls: 0, lost: 0, crashes: 0, resent: 0, messages: 0 }
for (let seed = Number(first); seed < Number(first) + Number(n); seed++) {
  const result = simulate(seed)
  if (result.failure !== null) {
    process.stdout.write(`failed: seed ${seed}: ${result.failure}\n`)
    process.exit(1)
  }
  for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += result[name]
}
const seconds = Math.round((performance.now() - start) / 1000)
process.stdout.write(`held: ${n} seeds from ${first}, ${JSON.stringify(sums)}, ${seconds} s\n`)
