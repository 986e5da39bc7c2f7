import fc from 'fast-check'
import { type Outcome, runGraph } from './run-graph.ts'
import { cleanGraphs, type GraphSpec, graphs } from './spec.ts'

/** What a search over random graphs found. */
export interface Found {
  readonly runs: number
  readonly steps: number
  readonly roots: number
  readonly compared: number
  readonly stalled: number
  /** The smallest graph that failed, its seed and why; `null` where all held. */
  readonly failure: { readonly why: string; readonly seed: number; readonly graph: GraphSpec } | null
}

/** Clean graphs and others take turns, so that what only one of them sees is seen early. */
const CHUNK = 50

/** Runs `n` random graphs from `seed`, half of them clean, and shrinks the first that fails. */
export async function search(n: number, seed: number, shrink = true): Promise<Found> {
  const sum = { runs: 0, steps: 0, roots: 0, compared: 0, stalled: 0 }
  const property = (specs: fc.Arbitrary<GraphSpec>) =>
    fc.asyncProperty(specs, async (spec) => {
      const outcome: Outcome = await runGraph(spec)
      sum.runs++
      sum.steps += outcome.steps
      sum.roots += outcome.accepted
      sum.compared += outcome.compared
      sum.stalled += outcome.stalled ? 1 : 0
      if (outcome.violations.length > 0) throw new Error(outcome.violations.join('; '))
    })
  const kinds = [property(cleanGraphs), property(graphs())] as const
  for (let chunk = 0; chunk * CHUNK < n; chunk++) {
    const out = await fc.check(kinds[(chunk % 2) as 0 | 1], {
      numRuns: CHUNK,
      seed: seed + chunk,
      endOnFailure: !shrink,
    })
    if (!out.failed) continue
    const [graph] = out.counterexample as [GraphSpec]
    const why = out.errorInstance instanceof Error ? out.errorInstance.message : String(out.errorInstance)
    return { ...sum, failure: { why, seed: out.seed, graph } }
  }
  return { ...sum, failure: null }
}
