import type { Edge } from '../edges/edge.ts'
import { DROP_REASONS } from '../edges/fate.ts'
import type { Root } from '../edges/root.ts'
import type { Engine } from './engine.ts'
import type { EngineNode } from './engine-node.ts'

/**
 * Every violation of the three laws, in words; none where the session balances. No term is derived from the others:
 * what is in flight is counted by walking queues, executions and holds.
 */
export function lawViolations(engine: Engine): string[] {
  return [
    ...engine.edges.flatMap(edgeLaw),
    ...engine.nodes.flatMap((node) => [...nodeLaw(node), ...portLaw(node)]),
    ...runLaw(engine),
  ]
}

/** pushed = taken + dropped + cancelled + failed + queued, in items. */
function edgeLaw(edge: Edge): string[] {
  const dropped = DROP_REASONS.reduce((sum, reason) => sum + edge.dropped[reason], 0)
  const queued = [...edge].length
  const sum = edge.taken + dropped + edge.cancelled + edge.failed + queued
  return edge.pushed === sum ? [] : [`edge ${edge.name}: pushed ${edge.pushed}, accounted for ${sum}`]
}

/** taken = produced + absorbed + filtered + failed + deadLettered + cancelled + executing + held, in input sets. */
function nodeLaw(node: EngineNode): string[] {
  if (node.isSource) return []
  const settled = node.produced + node.absorbed + node.filtered + node.failed + node.deadLettered + node.cancelled
  const sum = settled + node.executing() + node.held()
  return node.taken === sum ? [] : [`node ${node.id}: taken ${node.taken}, accounted for ${sum}`]
}

/** emitted = pushed on each edge and tap that reads the key; unlinked where no edge does. */
function portLaw(node: EngineNode): string[] {
  return node.ports.flatMap(({ key, edges, taps, emitted, unlinked }) => [
    ...(unlinked === (edges.length > 0 ? 0 : emitted)
      ? []
      : [`key ${node.id}.${key}: emitted ${emitted}, unlinked ${unlinked}`]),
    ...[...edges, ...taps]
      .filter((edge) => edge.pushed + edge.since !== emitted)
      .map((edge) => `key ${node.id}.${key}: emitted ${emitted}, pushed ${edge.pushed} on ${edge.name}`),
  ])
}

/** accepted = settled + in flight, in roots. */
function runLaw(engine: Engine): string[] {
  const { accepted, settled } = engine.roots
  const sum = settled.reduce((a, b) => a + b, 0) + rootsInFlight(engine)
  return accepted === sum ? [] : [`run: accepted ${accepted}, accounted for ${sum}`]
}

/** Roots that some item, execution or hold still counts for. */
export function rootsInFlight(engine: Engine): number {
  const live = new Set<Root>()
  const visit = (root: Root | null) => {
    const stack = root === null ? [] : [root]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (live.has(next)) continue
      live.add(next)
      if (next.parents !== null) stack.push(...next.parents)
    }
  }
  for (const edge of engine.edges) for (const { root } of edge) visit(root)
  for (const node of engine.nodes) node.walk(visit)
  let count = 0
  for (const root of live) if (root.parents === null) count++
  return count
}
