import { type Format, isAnabranchError } from '@anabranch/plugin-sdk'
import { nodeError, parseParams } from '@anabranch/plugin-sdk/host'
import type { Manifest } from '../manifest/manifest.ts'
import type { FoundNode } from './check-node.ts'
import type { GraphEdge, GraphSource } from './graph.ts'
import type { Problems } from './problems.ts'

/** What is known before a run of every output and pipeline input, by `node.key` or the input's name. */
export type Formats = ReadonlyMap<string, Format>

type FormatRule = (params: unknown, inputs: Record<string, Format>) => Record<string, Format | undefined> | undefined

const NAMES = ['sampleRate', 'channels', 'dtype', 'shape'] as const

/** Where an edge comes from, as a pipeline writes it. */
export function sourceName(from: GraphSource): string {
  return 'input' in from ? from.input : `${from.node}.${from.key}`
}

/** The formats of all outputs, from the sources down: what a node declares, and what its `formats` says of its inputs. */
export function formatsOf(
  order: readonly string[],
  insOf: (id: string) => readonly GraphEdge[],
  found: ReadonlyMap<string, FoundNode>,
  manifest: Manifest,
  problems: Problems,
): Formats {
  const formats = new Map<string, Format>()
  for (const [name, { format }] of Object.entries(manifest.inputs ?? {})) formats.set(name, format ?? {})
  for (const id of order) {
    const node = found.get(id)
    if (node?.spec === undefined) continue
    const told = toldFormats(id, node, inputFormats(node.spec, insOf(id), formats), problems)
    for (const [key, port] of Object.entries(node.spec.outputs ?? {}))
      formats.set(`${id}.${key}`, { ...port.format, ...told[key] })
  }
  return formats
}

function toldFormats(
  id: string,
  { factory, spec, params }: FoundNode,
  inputs: Record<string, Format>,
  problems: Problems,
): Record<string, Format | undefined> {
  const { formats } = factory as { formats?: FormatRule }
  if (formats === undefined || spec === undefined) return {}
  try {
    return formats.call(factory, parseParams(spec.type, spec.params, params), inputs) ?? {}
  } catch (thrown) {
    const error = nodeError(thrown, id)
    const fix = error.fix ?? 'correct formats() of the node'
    const message = `formats() of ${spec.type} threw: ${error.message}`
    problems.add({ path: `nodes.${id}`, message, code: error.code, fix }, isAnabranchError(thrown) ? error : undefined)
    return {}
  }
}

/** What arrives at each input: what the source says, then what the input itself declares. */
function inputFormats(
  spec: NonNullable<FoundNode['spec']>,
  ins: readonly GraphEdge[],
  formats: Formats,
): Record<string, Format> {
  const entries = Object.entries(spec.inputs ?? {}).map(([key, { format }]) => {
    const sources = ins
      .filter(({ inputKey }) => inputKey === key)
      .map(({ from }) => formats.get(sourceName(from)) ?? {})
    return [key, { ...format, ...agreed(sources) }] as const
  })
  return Object.fromEntries(entries)
}

/** What several sources of one key all say. */
function agreed([first, ...others]: readonly Format[]): Format {
  if (first === undefined) return {}
  const same = NAMES.filter(
    (name) =>
      first[name] !== undefined && others.every((other) => JSON.stringify(other[name]) === JSON.stringify(first[name])),
  )
  return Object.fromEntries(same.map((name) => [name, first[name]]))
}
