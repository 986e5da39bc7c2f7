import type { EdgePolicy } from '../edges/edge-options.ts'
import type { GraphEdge, GraphNode } from './graph.ts'
import type { Problems } from './problems.ts'

const DROPPING: readonly EdgePolicy[] = ['drop-oldest', 'drop-newest', 'latest']

/** A node with several in-edges, and those that its join takes from, by key. */
export interface Joining {
  readonly node: GraphNode
  readonly ins: ReadonlyMap<string, readonly GraphEdge[]>
}

/**
 * What shifts the pairs of a zip: a dropping edge anywhere before it is refused; a node that may not give one output
 * for each input set, on one side only, is warned of. Each once, for the first zip that it meets.
 *
 * @param nodes in topological order
 */
export function checkZips(
  zips: readonly Joining[],
  nodes: readonly GraphNode[],
  insOf: (id: string) => readonly GraphEdge[],
  problems: Problems,
): void {
  const dropping = nodes.flatMap(({ id }) => insOf(id)).filter(({ options }) => DROPPING.includes(options.policy))
  const uneven = nodes.filter((node) => whyUneven(node) !== null)
  const behind = behindEdges([...dropping, ...uneven], nodes, insOf)
  if (behind === null) return
  const told = new Set<number>()
  for (const { node: zip, ins } of zips) {
    const sides = [...ins.values()].map((edges) => edges.map(behind).reduce(union))
    const keys = [...ins.keys()].join(' and ')
    for (const at of members(sides.reduce(union))) {
      const onAll = sides.every((side) => has(side, at))
      if (told.has(at) || (at >= dropping.length && onAll)) continue
      told.add(at)
      const edge = dropping[at]
      if (edge !== undefined)
        problems.add({
          path: `nodes.${edge.to}.in.${edge.inputKey}`,
          message: `policy ${edge.options.policy} before ${zip.id}, which pairs ${keys} in order: one lost item would shift every later pair`,
          fix: `use policy block there, or join: align on ${zip.id}`,
        })
      else {
        const node = uneven[at - dropping.length] as GraphNode
        problems.warn({
          path: `nodes.${node.id}`,
          message: `${node.id} ${whyUneven(node)}, on one side only of ${zip.id}, which pairs ${keys} in order: pairs may shift`,
          fix: `use join: align on ${zip.id}`,
        })
      }
    }
  }
}

/** Why a node may not give one output for each input set; null where nothing says so. */
function whyUneven({ form, factory, settings }: GraphNode): string | null {
  if (form === 'source') return null
  if (factory.spec?.filters) return 'filters'
  if (settings.time === 'span' || settings.time === 'samples') return 'may give fewer or more outputs than inputs'
  return settings.onError === 'fail' ? null : `leaves out what failed (on_error: ${settings.onError})`
}

/** Numbers of things, one bit each: a graph may have thousands of each, and every node has such a set. */
type BitSet = Uint32Array

const union = (a: BitSet, b: BitSet): BitSet => a.map((word, at) => word | (b[at] as number))
const has = (set: BitSet, at: number) => (((set[at >> 5] as number) >>> (at & 31)) & 1) === 1

function* members(set: BitSet): Iterable<number> {
  for (const [at, word] of set.entries())
    for (let rest = word; rest !== 0; rest &= rest - 1) yield (at << 5) + 31 - Math.clz32(rest & -rest)
}

/** Which of these lie before the end of an edge, itself and its start included; null where there are none. */
function behindEdges(
  things: readonly (GraphEdge | GraphNode)[],
  nodes: readonly GraphNode[],
  insOf: (id: string) => readonly GraphEdge[],
): ((edge: GraphEdge) => BitSet) | null {
  if (things.length === 0) return null
  const numbers = new Map(things.map((thing, at) => [thing, at]))
  const none = new Uint32Array((things.length + 31) >> 5)
  const behindNode = new Map<string, BitSet>()
  const withOne = (set: BitSet, thing: GraphEdge | GraphNode): BitSet => {
    const at = numbers.get(thing)
    if (at === undefined) return set
    const more = set.slice()
    more[at >> 5] = (more[at >> 5] as number) | (1 << (at & 31))
    return more
  }
  const behind = (edge: GraphEdge) =>
    withOne('input' in edge.from ? none : (behindNode.get(edge.from.node) ?? none), edge)
  for (const node of nodes) behindNode.set(node.id, withOne(insOf(node.id).map(behind).reduce(union, none), node))
  return behind
}
