import { ManifestError } from '@anabranch/plugin-sdk'
import type { OptionsOf } from '../check-options.ts'
import type { Edge } from '../edges/edge.ts'
import type { Engine } from './engine.ts'
import type { EngineNode } from './engine-node.ts'

export interface InterruptOptions {
  /** Node ids it starts from; what is reachable from them is in scope. Default: every node. */
  readonly from?: readonly string[]
  /** Also what waits on edges into `from`. */
  readonly queued?: boolean
  readonly reason?: string
}

export const INTERRUPT_OPTIONS: OptionsOf<InterruptOptions> = { from: true, queued: true, reason: true }

export interface InterruptScope {
  /** The nodes it starts from; default: all. */
  readonly from: readonly EngineNode[]
  /** Also what waits on edges into `from`. */
  readonly queued: boolean
}

/**
 * Raises the session's epoch and makes it the least one of every edge whose producer is `from` or reachable from it.
 * Refusing begins at once; aborting what executes waits until the step under way is over.
 */
export function interrupt(engine: Engine, { from, queued }: InterruptScope): number {
  const epoch = ++engine.epoch
  const scope = reachable(from)
  for (const node of scope) {
    node.leastEpoch = epoch
    for (const edge of outEdges(node)) edge.leastEpoch = epoch
  }
  if (queued) for (const node of from) for (const edge of node.ins) edge.leastEpoch = epoch
  engine.afterStep(() => {
    for (const node of scope) if (node.state === 'open') node.abort()
    for (const node of scope) {
      node.dirty = true
      engine.wake(node)
    }
  })
  return epoch
}

/**
 * @param named the nodes that somebody named to interrupt from
 * @throws ManifestError where a zip would lose its pairing for good: some of its in-edges are cut and others are not.
 */
export function refuseSplitZips(from: readonly EngineNode[], named?: readonly string[]): void {
  const scope = reachable(from)
  const split = [...scope].find((node) => {
    if (node.settings.join !== 'zip' || node.ins.length < 2) return false
    const cut = node.ins.filter((edge) => scope.has(edge.producer as EngineNode)).length
    return cut > 0 && cut < node.ins.length
  })
  if (split !== undefined)
    throw new ManifestError(
      `an interrupt from ${named?.join(', ')} would cut some inputs of the zip "${split.id}" and not the others`,
      { fix: 'interrupt at a common ancestor, or join by align' },
    )
}

function reachable(from: readonly EngineNode[]): Set<EngineNode> {
  const scope = new Set(from)
  for (const node of scope) for (const edge of outEdges(node)) scope.add(edge.consumer as EngineNode)
  return scope
}

function outEdges(node: EngineNode): Edge[] {
  return node.ports.flatMap((port) => port.edges)
}
