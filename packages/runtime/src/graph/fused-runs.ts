import type { FusedRun, Graph, GraphEdge, GraphNode } from './graph.ts'

/**
 * The linear runs of nodes of one maker, such as the native nodes of one addon: each but the first reads one key of the
 * one before and nothing else, and nobody else reads that. How a node fails, what it is retried for and what else it gives
 * stays as it is, since the session calls it as ever; only a time limit must be able to end a call by itself.
 */
export function fusedRuns({ nodes, edges }: Pick<Graph, 'nodes' | 'edges'>): readonly FusedRun[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const next = new Map<string, { readonly id: string; readonly key: string }>()
  const led = new Set<string>()
  for (const edge of edges) {
    const link = linkOf(edge, byId, edges)
    // One node leads to one other: the first that it could, as they are declared.
    if (link === null || next.has(link.from)) continue
    next.set(link.from, { id: edge.to, key: link.key })
    led.add(edge.to)
  }
  return nodes.flatMap(({ id }) => (next.has(id) && !led.has(id) ? [runFrom(id, next)] : []))
}

function runFrom(first: string, next: ReadonlyMap<string, { readonly id: string; readonly key: string }>): FusedRun {
  const nodes = [first]
  const keys: string[] = []
  for (let link = next.get(first); link !== undefined; link = next.get(link.id)) {
    nodes.push(link.id)
    keys.push(link.key)
  }
  return { nodes, keys }
}

function linkOf(
  { from, to, inputKey, options }: GraphEdge,
  byId: ReadonlyMap<string, GraphNode>,
  edges: readonly GraphEdge[],
): { readonly from: string; readonly key: string } | null {
  if ('input' in from) return null
  const [before, after] = [byId.get(from.node), byId.get(to)]
  if (before === undefined || after === undefined || !leads(before, from.key) || !follows(after, inputKey)) return null
  if (before.first.body.fusing?.group !== after.first.body.fusing?.group) return null
  if (options.policy !== 'block' || options.maxMs !== undefined || options.maxBytes !== undefined) return null
  const readers = edges.filter(
    (edge) => 'node' in edge.from && edge.from.node === from.node && edge.from.key === from.key,
  )
  const ins = edges.filter((edge) => edge.to === to)
  return readers.length === 1 && ins.length === 1 ? { from: from.node, key: from.key } : null
}

/** Whether what it gives on a key can go on in the same call: when that is, is known before. */
function leads({ first, form, thread, settings }: GraphNode, key: string): boolean {
  if (first.body.fusing === undefined || thread !== null || settings.time === 'span' || settings.concurrency !== 1)
    return false
  if (form !== 'source') return form === 'execute'
  // The time of a source counts the samples of its first audio.
  return settings.outputKeys.find((output) => settings.frameOutputs.has(output)) === key
}

/** Whether it may be called before its set is taken: it is lent what it reads, until its call is over. */
function follows({ first, form, thread, settings }: GraphNode, key: string): boolean {
  if (first.body.fusing === undefined || form !== 'execute' || thread !== null || settings.concurrency !== 1)
    return false
  return settings.frameInputs.has(key)
}
