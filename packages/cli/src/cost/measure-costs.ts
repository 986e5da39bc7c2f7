import { existsSync, readFileSync } from 'node:fs'
import { type ConformOptions, conformPlan } from '../conform/conform-plan.ts'
import type { Io } from '../io.ts'
import { usageError } from '../usage-error.ts'
import type { CostLabel, Costs } from './cost-label.ts'
import { packageOf } from './known-costs.ts'
import { measureCost } from './measure-cost.ts'

/** Labels by type and runtime, and nodes that have none, each with the reason. */
export interface MeasuredCosts {
  readonly costs: ReadonlyMap<string, Costs>
  readonly refused: readonly { readonly type: string; readonly runtime: string; readonly reason: string }[]
}

/**
 * Measures the nodes of a plugin, or one type, one after the other, each where it runs by default. `version` is that of
 * its package, where that is known better than by the package.json that is found for it.
 */
export async function measureCosts(
  name: string,
  options: Pick<ConformOptions, 'plugin' | 'cases'> & { readonly version?: string },
  folder: string,
): Promise<MeasuredCosts> {
  const costs = new Map<string, Record<string, CostLabel>>()
  const refused: { type: string; runtime: string; reason: string }[] = []
  for (const each of await conformPlan(name, { ...options, where: ['inline', 'process'] }, folder)) {
    if ('lack' in each) {
      refused.push({ type: each.node.type, runtime: each.node.runtime, reason: each.lack })
      continue
    }
    const { type, runtime, plugin } = each.order
    try {
      const order = { ...each.order, given: options.cases?.[type] !== undefined }
      const label = await measureCost(order, options.version ?? packageOf(plugin, folder)?.version ?? 'none')
      costs.set(type, { ...costs.get(type), [runtime]: label })
    } catch (error) {
      refused.push({ type, runtime, reason: (error as Error).message })
    }
  }
  return { costs, refused }
}

/** Params and feed by type, as `conform --cases` takes them; none where there is no such file and nobody named it. */
export function readCases(file: string, named: boolean): NonNullable<ConformOptions['cases']> {
  if (!named && !existsSync(file)) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw usageError(`${file}: ${(error as Error).message}`, 'give a file of { "TYPE": { "params": {}, "feed": [] } }')
  }
}

/** Nodes without a label, on stderr. */
export function tellRefused(refused: MeasuredCosts['refused'], io: Io): void {
  for (const { type, runtime, reason } of refused) io.stderr.write(`${type}, ${runtime}: no cost label: ${reason}\n`)
}
