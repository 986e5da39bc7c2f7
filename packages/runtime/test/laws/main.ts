// `npm run laws -- GRAPHS [SEED]`: as many random graphs as you have time for; the failing one is printed, shrunk.
import { search } from './search.ts'

const [n = '2000', seed = String(Date.now() % 1_000_000), shrink = 'shrink'] = process.argv.slice(2)
process.on('uncaughtException', (error) => {
  process.stdout.write(`failed: uncaught ${error.stack}\n`)
  process.exit(1)
})
const start = performance.now()
const { failure, runs, steps, roots, compared, stalled } = await search(Number(n), Number(seed), shrink === 'shrink')
process.stdout.write(
  failure === null
    ? `held: ${runs} graphs, ${steps} steps, ${roots} roots, ${compared} nodes compared with the oracle, ${stalled} stalls, seed ${seed}, ${Math.round((performance.now() - start) / 1000)} s\n`
    : `failed: ${failure.why}\nseed ${failure.seed}\n${JSON.stringify(failure.graph)}\n`,
)
process.exit(failure === null ? 0 : 1)
