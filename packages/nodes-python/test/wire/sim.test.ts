import { test } from 'tap'
import { MUTATIONS } from './sim/mutations.ts'
import { simulate } from './sim/sim.ts'

const SEEDS = 60

/** The first seed that fails, and why. */
function firstFailure(seeds: number): string | null {
  for (let seed = 1; seed <= seeds; seed++) {
    const { failure } = simulate(seed)
    if (failure !== null) return `seed ${seed}: ${failure}`
  }
  return null
}

test('the transport keeps its laws whatever the wire and the worker do', async (t) => {
  t.equal(firstFailure(SEEDS), null, `${SEEDS} seeds; npm run wire -- 10000 tries more`)
})

for (const [name, mutate] of Object.entries(MUTATIONS))
  test(`the simulator sees it where ${name}`, async (t) => {
    const mend = mutate()
    try {
      const failure = firstFailure(SEEDS)
      t.ok(failure, 'no seed shows it')
      t.comment(failure)
    } finally {
      mend()
    }
    t.equal(simulate(1).failure, null, 'it is whole again')
  })
