import { costText, measuredText } from '../cost/cost-label.ts'
import { columns } from '../text/columns.ts'
import type { Paint } from '../text/paint.ts'
import { wrap } from '../text/wrap.ts'
import type { DescribedPort, NodeType } from './node-type.ts'
import { describedParams } from './params-table.ts'
import { snippet } from './snippet.ts'

/** A node type for a reader: what it does, where it runs, its keys, params and a snippet. */
export function inspectText(node: NodeType, paint: Paint, width: number): string {
  const lines = [
    paint.bold(node.type),
    ...wrap(node.summary, width),
    '',
    ...node.runtimes.map(({ runtime, plugin, available, reason, fix }) => {
      const lack = available ? '' : `: ${paint.yellow('not available here')}, ${reason}; fix: ${fix}`
      return `${runtime} of ${plugin}${lack}`
    }),
    `${node.purity}`,
    '',
    ...keys('in', node.inputs, paint),
    ...keys('out', node.outputs, paint),
    ...params(node, paint, width),
    ...costs(node, paint),
    paint.bold('in a pipeline'),
    ...indented(snippet(node).trimEnd().split('\n')),
    '',
  ]
  return lines.join('\n')
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`)

function keys(title: string, ports: readonly DescribedPort[], paint: Paint): string[] {
  if (ports.length === 0) return []
  const rows = ports.map(({ key, kind, mode, format }) => [
    key,
    kind,
    mode === 'required' ? '' : mode,
    format === undefined ? '' : formatText(format),
  ])
  return [paint.bold(title), ...indented(columns(rows)), '']
}

function formatText(format: object): string {
  const { sampleRate, channels, ...rest } = format as { sampleRate?: number | number[]; channels?: number }
  return [
    ...(sampleRate === undefined ? [] : [`${[sampleRate].flat().join(' or ')} Hz`]),
    ...(channels === undefined ? [] : [`${channels} channel${channels === 1 ? '' : 's'}`]),
    ...Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
  ].join(', ')
}

function costs({ runtimes }: NodeType, paint: Paint): string[] {
  const rows = runtimes.flatMap(({ runtime, cost }) => {
    if (cost === undefined) return []
    const stale = cost.now === undefined ? [] : [['', `of version ${cost.version}, not of this one, ${cost.now}`]]
    return [[runtime, costText(cost)], ['', `measured with ${measuredText(cost)}`], ...stale]
  })
  return rows.length === 0 ? [] : [paint.bold('cost'), ...indented(columns(rows)), '']
}

function params({ params: schema }: NodeType, paint: Paint, width: number): string[] {
  const described = describedParams(schema)
  if (described.length === 0) return []
  const nameWidth = Math.max(...described.map(({ name }) => name.length))
  const lines = described.flatMap(({ name, type, required, default: value, description }) => {
    const head = required ? 'required' : value === undefined ? 'optional' : `default ${JSON.stringify(value)}`
    const margin = ' '.repeat(nameWidth + 4)
    return [
      `  ${name.padEnd(nameWidth)}  ${type}, ${head}`,
      ...wrap(description, width - margin.length).map((line) => paint.dim(`${margin}${line}`)),
    ]
  })
  return [paint.bold('params'), ...lines, '']
}
