import { ManifestError } from '@anabranch/plugin-sdk'
import { edgesOf } from '../graph/edges-of.ts'
import type { Graph, GraphEdge } from '../graph/graph.ts'
import { findCycle, topologicalOrder } from '../graph/order.ts'
import type { Plan } from '../graph/plan.ts'
import { Problems } from '../graph/problems.ts'
import type { Manifest } from '../manifest/manifest.ts'

export interface DrawnNode {
  readonly id: string
  readonly type: string
  /** Known where the graph is checked. */
  readonly runtime?: string
}

/** What there is to draw of a graph; nodes in topological order. */
export interface Drawing {
  readonly inputs: readonly string[]
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly GraphEdge[]
}

/** @throws ManifestError for what has no nodes, CycleError. Edges that cannot be are left out: `validate` tells of them. */
export function drawingOf(of: Manifest | Plan | Graph): Drawing {
  const nodes: unknown = (of as Manifest | Plan | Graph | null)?.nodes
  if (Array.isArray(nodes)) {
    const { inputs, edges, nodes: known } = of as Plan | Graph
    return {
      inputs: Array.isArray(inputs) ? inputs : Object.keys(inputs),
      edges,
      nodes: known.map((node) => ({
        id: node.id,
        type: 'settings' in node ? node.settings.type : node.type,
        runtime: node.runtime,
      })),
    }
  }
  if (typeof nodes !== 'object' || nodes === null)
    throw new ManifestError('there is nothing to draw: it has no nodes', { fix: 'give a pipeline with nodes' })
  const manifest = of as Manifest
  const edges = edgesOf(manifest, new Problems())
  const ids = Object.keys(nodes)
  const pairs = edges.flatMap(({ from, to }) => ('node' in from ? [[from.node, to] as const] : []))
  const order = topologicalOrder(ids, pairs)
  if (order === null) {
    const problems = new Problems()
    problems.cycle(findCycle(ids, pairs) ?? [])
    problems.throwIfAny(manifest.metadata?.name ?? 'pipeline')
  }
  return {
    inputs: Object.keys(manifest.inputs ?? {}),
    nodes: (order ?? []).map((id) => ({ id, type: String(manifest.nodes[id]?.type) })),
    edges,
  }
}

/** What is worth saying on an edge: keys that are not the usual ones, a policy other than block. */
export function edgeLabel({ from, inputKey, options }: GraphEdge, toKey: boolean): string {
  const key = 'key' in from && from.key !== 'output' ? from.key : ''
  const into = toKey && inputKey !== 'input' ? `→${inputKey}` : ''
  const policy = options.policy === 'block' ? '' : options.policy
  return [`${key}${into}`, policy].filter((part) => part !== '').join(', ')
}
