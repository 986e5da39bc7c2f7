import { carriedFactories } from '../manifest/define-pipeline.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { checkEdge, checkEntrances, checkInputs } from './check-edges.ts'
import { checkJoins } from './check-joins.ts'
import { type FoundNode, findNode, type Resolve } from './check-node.ts'
import type { FileOf } from './check-placement.ts'
import { checkEdgeCount, shapeOk } from './check-shape.ts'
import { edgesOf } from './edges-of.ts'
import { formatsOf } from './formats-of.ts'
import { fusedRuns } from './fused-runs.ts'
import type { Graph, GraphEdge, GraphNode } from './graph.ts'
import { findCycle, topologicalOrder } from './order.ts'
import type { Problems } from './problems.ts'
import { graphNode } from './settings-of.ts'

/** The graph, with all that is wrong with it in `problems`; null where there is nothing to make one of. */
export function checkGraph(manifest: Manifest, resolve: Resolve, fileOf: FileOf, problems: Problems): Graph | null {
  if (!shapeOk(manifest, problems)) return null
  const ids = Object.keys(manifest.nodes)
  const nodeOf = (id: string) => manifest.nodes[id] as Manifest['nodes'][string]
  const carried = carriedFactories(manifest)
  const found = new Map<string, FoundNode>()
  for (const id of ids) {
    const node = findNode(id, nodeOf(id), resolve, fileOf, carried, problems)
    if (node !== null) found.set(id, node)
  }
  const edges = edgesOf(manifest, problems)
  checkEdgeCount(edges.length, problems)
  const insOf = edgesInto(edges)
  const order = orderOf(ids, edges, problems)
  const formats = formatsOf(order, insOf, found, manifest, problems)
  for (const edge of edges) checkEdge(edge, manifest, found, formats, problems)
  for (const id of ids) checkInputs(id, found.get(id), manifest, insOf(id), problems)
  checkEntrances(manifest, found, edges, problems)
  const nodes = order.flatMap((id): GraphNode[] => {
    const node = found.get(id)
    return node === undefined ? [] : [graphNode(id, nodeOf(id), node, insOf(id), manifest.mode, problems)]
  })
  checkJoins(nodes, insOf, formats, problems)
  const inputKinds = new Map(Object.entries(manifest.inputs ?? {}).map(([input, { kind }]) => [input, kind]))
  const name = manifest.metadata?.name ?? 'pipeline'
  const inputs = [...inputKinds.keys()]
  const fused = fusedRuns({ nodes, edges })
  return { name, nodes, edges, inputs, fused, inputKinds, formats, warnings: problems.warnings }
}

function edgesInto(edges: readonly GraphEdge[]): (id: string) => readonly GraphEdge[] {
  const byNode = new Map<string, GraphEdge[]>()
  for (const edge of edges) {
    const ins = byNode.get(edge.to)
    if (ins === undefined) byNode.set(edge.to, [edge])
    else ins.push(edge)
  }
  return (id) => byNode.get(id) ?? []
}

function orderOf(ids: readonly string[], edges: readonly GraphEdge[], problems: Problems): readonly string[] {
  const pairs = edges.flatMap(({ from, to }) => ('node' in from ? [[from.node, to] as const] : []))
  const order = topologicalOrder(ids, pairs)
  if (order !== null) return order
  problems.cycle(findCycle(ids, pairs) ?? [])
  return ids
}
