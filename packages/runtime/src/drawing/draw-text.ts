import type { GraphEdge } from '../graph/graph.ts'
import { type Drawing, edgeLabel } from './drawing.ts'

/** No name begins so that it would end beyond here; a line may end with one more, where it goes on elsewhere. */
const WIDTH = 80

/**
 * Lines for a terminal. A line begins with an input, a source, or a node that several edges lead to; there the edges
 * end with its name and key, as they do where the line would become too long.
 */
export function drawText({ inputs, nodes, edges }: Drawing): string {
  const outs = new Map<string, GraphEdge[]>()
  const ins = new Map<string, number>()
  for (const edge of edges) {
    const name = 'input' in edge.from ? `(${edge.from.input})` : edge.from.node
    outs.set(name, [...(outs.get(name) ?? []), edge])
    ins.set(edge.to, (ins.get(edge.to) ?? 0) + 1)
  }
  const own = new Set(nodes.filter(({ id }) => ins.get(id) !== 1).map(({ id }) => id))

  const block = (name: string, column: number): string[] => {
    const next = outs.get(name) ?? []
    if (next.length === 0) return [name]
    return next.flatMap((edge, at) => {
      const last = at === next.length - 1
      const label = edgeLabel(edge, !own.has(edge.to))
      const arrow = `─${label === '' ? '' : ` ${label} ─`}▶ `
      const fork = next.length === 1 ? '' : at === 0 ? '┬' : last ? '└' : '├'
      const start = at === 0 ? `${name} ${fork === '' ? '' : '─'}` : ' '.repeat(name.length + 2)
      const width = start.length + fork.length + arrow.length
      const below = start.replace(/./g, ' ') + (fork === '' ? '' : last ? ' ' : '│') + ' '.repeat(arrow.length)
      return target(edge, column + width).map((line, row) => (row === 0 ? start + fork + arrow : below) + line)
    })
  }
  const target = ({ to, inputKey }: GraphEdge, column: number): string[] => {
    if (!own.has(to) && column + to.length > WIDTH) own.add(to)
    return own.has(to) ? [`${to}.${inputKey}`] : block(to, column)
  }

  const lines = inputs.flatMap((input) => block(`(${input})`, 0))
  for (const { id } of nodes) if (own.has(id)) lines.push(...block(id, 0))
  return [...lines, '', ...legend(nodes), ''].join('\n')
}

function legend(nodes: Drawing['nodes']): string[] {
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length))
  const idWidth = widest(nodes.map(({ id }) => id))
  const runtimeWidth = widest(nodes.map(({ runtime = '' }) => runtime))
  return nodes.map(({ id, type, runtime }) =>
    [id.padEnd(idWidth), ...(runtimeWidth === 0 ? [] : [(runtime ?? '').padEnd(runtimeWidth)]), type].join('  '),
  )
}
