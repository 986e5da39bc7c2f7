import type { CostLabel, Costs } from '../cost/cost-label.ts'
import type { DescribedNode } from './describe-plugin.ts'
import type { PackageJson } from './package-json.ts'

/** The labels of a description that are of the version that the package has now. */
export function keptCosts({ version, anabranch }: PackageJson): ReadonlyMap<string, Costs> {
  return new Map(
    nodesOf(anabranch).flatMap(({ type, costs = {} }) => {
      const kept = Object.entries(costs).filter(([, label]) => label.version === version)
      return kept.length === 0 ? [] : [[type, Object.fromEntries(kept)] as const]
    }),
  )
}

/** Types whose labels are of another version, and of which. */
export function staleCosts({ version, anabranch }: PackageJson): string[] {
  return nodesOf(anabranch).flatMap(({ type, costs = {} }) =>
    Object.values(costs as Readonly<Record<string, CostLabel>>)
      .filter((label) => label.version !== version)
      .map((label) => `${type} are of version ${label.version}`),
  )
}

/** The field without its labels: what follows from the code. */
export function withoutCosts(field: unknown): unknown {
  if (typeof field !== 'object' || field === null || !('nodes' in field)) return field
  return { ...field, nodes: nodesOf(field).map(({ costs: _, ...node }) => node) }
}

function nodesOf(field: unknown): readonly DescribedNode[] {
  const { nodes } = (field ?? {}) as { readonly nodes?: readonly DescribedNode[] }
  return Array.isArray(nodes) ? nodes : []
}
