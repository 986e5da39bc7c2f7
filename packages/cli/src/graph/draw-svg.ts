import { type Drawing, type DrawnNode, edgeLabel } from '@anabranch/runtime'
import dagre from '@dagrejs/dagre'

const CHARACTER = 7.4
const HEIGHT = 46
const STYLE = `text{font:13px ui-sans-serif,system-ui,sans-serif;fill:#1b2733}.about,.label{font-size:11px;fill:#5b6b7b}
.box{fill:#fff;stroke:#8aa0b4}.native{fill:#fdf3e7;stroke:#d08a3e}.python{fill:#eaf3fb;stroke:#4b8bbe}.javascript{fill:#f7f7ec;stroke:#a9a13a}
.input{fill:#f1f4f7;stroke:#8aa0b4}.edge{fill:none;stroke:#7a8b9b;stroke-width:1.3}.head{fill:#7a8b9b}`

/** An SVG, laid out from left to right. */
export function drawSvg({ inputs, nodes, edges }: Drawing): string {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 24, ranksep: 56, marginx: 12, marginy: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const name of inputs) graph.setNode(`input ${name}`, { width: widthOf([name]) + 12, height: 32 })
  for (const node of nodes) graph.setNode(node.id, { width: widthOf([node.id, aboutOf(node)]), height: HEIGHT })
  edges.forEach((edge, at) => {
    const label = edgeLabel(edge, true)
    graph.setEdge(
      'input' in edge.from ? `input ${edge.from.input}` : edge.from.node,
      edge.to,
      { label, width: label === '' ? 0 : widthOf([label]) - 10, height: 14, labelpos: 'c' },
      String(at),
    )
  })
  dagre.layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img">`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...graph.edges().map((edge: { v: string; w: string; name?: string }) => arrow(graph.edge(edge) as Laid)),
    ...inputs.map((name) => inputBox(name, graph.node(`input ${name}`) as Laid)),
    ...nodes.map((node) => nodeBox(node, graph.node(node.id) as Laid)),
    '</svg>',
    '',
  ].join('\n')
}

interface Laid {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly label?: string
  readonly points?: readonly { readonly x: number; readonly y: number }[]
}

const aboutOf = ({ type, runtime }: DrawnNode) => (runtime === undefined ? type : `${type}, ${runtime}`)
const widthOf = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length)) * CHARACTER + 24
const round = (n: number) => Math.round(n * 10) / 10

function arrow({ points = [], label = '', x, y }: Laid): string {
  const path = points.map((point, at) => `${at === 0 ? 'M' : 'L'}${round(point.x)} ${round(point.y)}`).join('')
  const line = `<path class="edge" d="${path}" marker-end="url(#head)"/>`
  if (label === '') return line
  return `${line}<text class="label" x="${round(x)}" y="${round(y - 5)}" text-anchor="middle">${escaped(label)}</text>`
}

function nodeBox(node: DrawnNode, at: Laid): string {
  return [
    `<g>${rectangle(at, node.runtime ?? '', 7)}`,
    `<text x="${round(at.x)}" y="${round(at.y - 4)}" text-anchor="middle">${escaped(node.id)}</text>`,
    `<text class="about" x="${round(at.x)}" y="${round(at.y + 13)}" text-anchor="middle">${escaped(aboutOf(node))}</text></g>`,
  ].join('')
}

function inputBox(name: string, at: Laid): string {
  return `<g>${rectangle(at, 'input', 16)}<text x="${round(at.x)}" y="${round(at.y + 5)}" text-anchor="middle">${escaped(name)}</text></g>`
}

function rectangle({ x, y, width, height }: Laid, kind: string, radius: number): string {
  return `<rect class="box ${kind}" x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${height}" rx="${radius}"/>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] as string).replace(/\p{Cc}/gu, '�')
}
