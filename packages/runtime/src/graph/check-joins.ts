import { checkZips } from './check-zips.ts'
import { type Formats, sourceName } from './formats-of.ts'
import type { GraphEdge, GraphNode } from './graph.ts'
import type { Problems } from './problems.ts'

/** What a graph asks of its joins: pairs that nothing shifts, and edges that can wait as long as an align looks. */
export function checkJoins(
  nodes: readonly GraphNode[],
  insOf: (id: string) => readonly GraphEdge[],
  formats: Formats,
  problems: Problems,
): void {
  const joining = nodes.map((node) => ({ node, ins: joined(node, insOf(node.id)) })).filter(({ ins }) => ins.size > 1)
  for (const { node, ins } of joining)
    if (node.settings.join === 'align') checkAlign(node, [...ins.values()].flat(), formats, problems)
  const zips = joining.filter(({ node }) => node.settings.join === 'zip')
  checkZips(zips, nodes, insOf, problems)
}

/** The in-edges that a join takes from, by key. */
function joined(node: GraphNode, ins: readonly GraphEdge[]): Map<string, GraphEdge[]> {
  const byKey = new Map<string, GraphEdge[]>()
  for (const edge of ins)
    if (!node.settings.controlKeys.has(edge.inputKey))
      byKey.set(edge.inputKey, [...(byKey.get(edge.inputKey) ?? []), edge])
  return byKey
}

/** An align looks past heads up to its tolerance: what arrives meanwhile has to wait somewhere. */
function checkAlign(
  { id, settings }: GraphNode,
  ins: readonly GraphEdge[],
  formats: Formats,
  problems: Problems,
): void {
  for (const { from, inputKey, options } of ins) {
    const has = options.policy === 'latest' ? 1 : options.max
    const itemMs = durationMs(formats, sourceName(from))
    const least = 2 + (itemMs === null ? 0 : Math.ceil(settings.toleranceMs / itemMs))
    if (has >= least) continue
    const why =
      itemMs === null || least === 2
        ? 'an align needs room for 2 items'
        : `an align with tolerance_ms ${settings.toleranceMs} over items of ${round(itemMs)} ms needs room for ${least}`
    problems.add({
      path: `nodes.${id}.in.${inputKey}`,
      message: `${options.policy === 'latest' ? 'policy latest keeps 1 item' : `max is ${has}`}, but ${why}`,
      fix: options.policy === 'latest' ? `use drop-oldest with max: ${least}` : `give max: ${least} or more`,
    })
  }
}

/** How long one item is, where its format says samples and rate. */
function durationMs(formats: Formats, source: string): number | null {
  const { sampleRate, shape } = formats.get(source) ?? {}
  const [samples = 0] = shape ?? []
  return typeof sampleRate === 'number' && sampleRate > 0 && samples > 0 ? (1000 * samples) / sampleRate : null
}

const round = (ms: number) => Math.round(ms * 100) / 100
