import type { Engine } from './engine.ts'
import type { EngineNode } from './engine-node.ts'

/**
 * How long a node of a session took to its first output, µs, to 0.1 ms: from the first item on any of its data edges, or
 * from the session's start at a source. Null while it has given nothing that an edge took.
 */
export function firstOutputUs(engine: Engine, node: EngineNode): number | null {
  const start = (engine.startedAt * 10) | 0
  let gave = Number.POSITIVE_INFINITY
  // Differences of wrapping 0.1 ms ticks.
  for (const port of node.ports)
    for (const edge of port.edges) if (edge.highWater > 0) gave = Math.min(gave, (edge.firstAt - start) | 0)
  if (gave === Number.POSITIVE_INFINITY) return null
  let began = node.isSource ? 0 : gave
  for (const edge of node.ins)
    if (edge.highWater > 0 && !node.settings.controlKeys.has(edge.key))
      began = Math.min(began, (edge.firstAt - start) | 0)
  return (gave - began) * 100
}
