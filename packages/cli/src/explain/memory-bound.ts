import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { GraphEdge, Plan } from '@anabranch/runtime'

/** How much may wait in a pipeline, as far as it is known before a run. */
export interface MemoryBound {
  /** Items on all edges together. */
  readonly items: number
  readonly edges: readonly EdgeBound[]
  /** Audio lies in one pool of shared memory, of at most so many bytes; null where no node gives any. */
  readonly pool_bytes: number | null
}

interface EdgeBound {
  readonly edge: string
  readonly policy: string
  readonly items: number
  /** What the edge may hold, where its options and the format of what it carries say so. */
  readonly bytes: number | null
}

export function memoryBound(plan: Plan): MemoryBound {
  const edges = plan.edges.map((edge) => ({
    edge: edgeName(edge),
    policy: edge.options.policy,
    items: edge.options.max,
    bytes: bytesOf(edge, plan),
  }))
  const audio = plan.nodes.some(({ outputs }) => Object.values(outputs).some(({ kind }) => kind === 'audio'))
  return {
    items: edges.reduce((sum, { items }) => sum + items, 0),
    edges,
    pool_bytes: audio ? LIMITS.pool_bytes : null,
  }
}

/** `from.key -> to.key`, as metrics call it; inputs of the pipeline are `(inputs).name`. */
export function edgeName({ from, to, inputKey }: GraphEdge): string {
  return `${'node' in from ? `${from.node}.${from.key}` : `(inputs).${from.input}`} -> ${to}.${inputKey}`
}

function bytesOf({ from, options: { maxBytes, maxMs } }: GraphEdge, { nodes, inputs }: Plan): number | null {
  if (maxBytes !== undefined) return maxBytes
  const port = 'node' in from ? nodes.find(({ id }) => id === from.node)?.outputs[from.key] : inputs[from.input]
  const { sampleRate, channels = 1 } = port?.format ?? {}
  if (maxMs === undefined || port?.kind !== 'audio' || typeof sampleRate !== 'number') return null
  return Math.ceil((maxMs * sampleRate) / 1000) * channels * Float32Array.BYTES_PER_ELEMENT
}
