import type { CostLabel, Costs } from '../cost/cost-label.ts'
import type { DescribedNode } from './plugin-description.ts'

/** The labels of a description that are of the version that the package has now. */
export function keptCosts(said: unknown, version: string): ReadonlyMap<string, Costs> {
  return new Map(
    nodesOf(said).flatMap(({ type, costs = {} }) => {
      const kept = Object.entries(costs).filter(([, label]) => label.version === version)
      return kept.length === 0 ? [] : [[type, Object.fromEntries(kept)] as const]
    }),
  )
}

/** Types whose labels are of another version, and of which. */
export function staleCosts(said: unknown, version: string): string[] {
  return nodesOf(said).flatMap(({ type, costs = {} }) =>
    Object.values(costs as Readonly<Record<string, CostLabel>>)
      .filter((label) => label.version !== version)
      .map((label) => `${type} are of version ${label.version}`),
  )
}

/** A description without its labels: what follows from the code. */
export function withoutCosts(said: unknown): unknown {
  if (typeof said !== 'object' || said === null || !('nodes' in said)) return said
  return { ...said, nodes: nodesOf(said).map(({ costs: _, ...node }) => node) }
}

function nodesOf(said: unknown): readonly DescribedNode[] {
  const { nodes } = (said ?? {}) as { readonly nodes?: readonly DescribedNode[] }
  return Array.isArray(nodes) ? nodes : []
}
