import { type Drawing, edgeLabel } from './drawing.ts'

/** A Mermaid flowchart. Its ids are numbers, so that no name of a node can mean anything to Mermaid. */
export function drawMermaid({ inputs, nodes, edges }: Drawing): string {
  const inputIds = new Map(inputs.map((input, at) => [input, `i${at}`]))
  const nodeIds = new Map(nodes.map(({ id }, at) => [id, `n${at}`]))
  const arrows = edges.map((edge) => {
    const from = 'input' in edge.from ? inputIds.get(edge.from.input) : nodeIds.get(edge.from.node)
    const label = edgeLabel(edge, true)
    return `  ${from} -->${label === '' ? '' : `|"${escaped(label)}"|`} ${nodeIds.get(edge.to)}`
  })
  return [
    'flowchart LR',
    ...inputs.map((input) => `  ${inputIds.get(input)}(["${escaped(input)}"])`),
    ...nodes.map(({ id, type, runtime }) => {
      const about = runtime === undefined ? type : `${type}, ${runtime}`
      return `  ${nodeIds.get(id)}["${escaped(id)}<br/>${escaped(about)}"]`
    }),
    ...arrows,
    '',
  ].join('\n')
}

/** As Mermaid writes characters that could end a label or begin markup: their number between # and ;. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._,→-]/gu, (character) => `#${character.codePointAt(0)};`)
}
