import type { Plan } from '@anabranch/runtime'
import { OWN_PLUGINS } from '../nodes/own-plugins.ts'
import type { KnownCost } from './cost-label.ts'
import { labelsOf } from './known-costs.ts'

/** Labels by node id. */
export type PlanCosts = Readonly<Record<string, KnownCost>>

/** The labels of a plan's nodes, as the packages of its plugins say; nothing is loaded. */
export function planCosts({ nodes }: Plan, plugins: readonly string[], folder: string): PlanCosts {
  const packages = [...Object.keys(OWN_PLUGINS), ...plugins].map((name) => labelsOf(name, folder))
  return Object.fromEntries(
    nodes.flatMap(({ id, type, runtime }) => {
      const [label] = packages.flatMap((labels) => labels(type, runtime) ?? [])
      return label === undefined ? [] : [[id, label]]
    }),
  )
}
