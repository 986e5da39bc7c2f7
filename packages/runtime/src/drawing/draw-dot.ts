import { type Drawing, edgeLabel } from './drawing.ts'

/** A digraph of Graphviz. Its ids are numbers; names are quoted strings, in which only the quote and the backslash mean something. */
export function drawDot({ inputs, nodes, edges }: Drawing): string {
  const inputIds = new Map(inputs.map((input, at) => [input, `i${at}`]))
  const nodeIds = new Map(nodes.map(({ id }, at) => [id, `n${at}`]))
  const arrows = edges.map((edge) => {
    const from = 'input' in edge.from ? inputIds.get(edge.from.input) : nodeIds.get(edge.from.node)
    const label = edgeLabel(edge, true)
    return `  ${from} -> ${nodeIds.get(edge.to)}${label === '' ? '' : ` [label=${quoted(label)}]`}`
  })
  return [
    'digraph {',
    '  rankdir=LR',
    '  node [shape=box, style=rounded, fontname="sans-serif"]',
    '  edge [fontname="sans-serif", fontsize=10]',
    ...inputs.map((input) => `  ${inputIds.get(input)} [label=${quoted(input)}, shape=oval]`),
    ...nodes.map(({ id, type, runtime }) => {
      const about = runtime === undefined ? type : `${type}, ${runtime}`
      return `  ${nodeIds.get(id)} [label=${quoted(`${id}\n${about}`)}]`
    }),
    ...arrows,
    '}',
    '',
  ].join('\n')
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
