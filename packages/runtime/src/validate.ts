import type { Issue } from '@anabranch/plugin-sdk'
import { checkOnly } from './check-only.ts'
import { checkOptions } from './check-options.ts'
import { type Plan, planOf } from './graph/plan.ts'
import { type SteppedIn, steppedIn } from './graph/stepped-in.ts'
import type { Manifest } from './manifest/manifest.ts'
import { PLAN_OPTIONS, type PlanOptions } from './plan-graph.ts'

/** What is wrong with a pipeline, and what can run but hardly as it was meant. */
export interface Validation {
  /** There is no error; there may be warnings. */
  readonly ok: boolean
  /** Errors first, then warnings, each with its `severity`. */
  readonly problems: readonly Issue[]
  /** The nodes that will run in another runtime than `auto` would have chosen, and why. */
  readonly steppedIn: readonly SteppedIn[]
  /** How it will run; null where there is an error. */
  readonly plan: Plan | null
}

/**
 * Checks a pipeline as `createExecutor` does, and reports errors and warnings together instead of throwing. Nodes are
 * made, so that their params are checked, but nothing is prepared or run. Where a plugin file and all that it imports are
 * as they were when nodes were made of the same params, that need not be done again.
 *
 * @throws InvalidInputsError for an unknown option.
 */
export async function validate(manifest: Manifest, options: PlanOptions = {}): Promise<Validation> {
  checkOptions('validate()', options, PLAN_OPTIONS)
  const { graph, problems } = await checkOnly(manifest, options)
  const ok = problems.errors.length === 0
  return {
    ok,
    problems: [...problems.errors, ...problems.warnings],
    steppedIn: steppedIn(graph),
    plan: ok && graph !== null ? planOf(graph, manifest) : null,
  }
}
