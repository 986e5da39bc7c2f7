import { nearest } from '@anabranch/plugin-sdk/host'
import { withCosts } from '../cost/known-costs.ts'
import { measureCosts, readCases, tellRefused } from '../cost/measure-costs.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { catalogue } from '../nodes/catalogue.ts'
import { describedPlugin } from '../nodes/described-plugin.ts'
import { inspectText } from '../nodes/inspect-text.ts'
import { type KnownTypes, knownTypes } from '../nodes/known-types.ts'
import { type NodeType, nodeTypes } from '../nodes/node-type.ts'
import { describedParams } from '../nodes/params-table.ts'
import { isPluginName } from '../nodes/plugin-name.ts'
import { snippet } from '../nodes/snippet.ts'
import { paintFor } from '../text/paint.ts'
import { usageError } from '../usage-error.ts'
import { tellFailed } from './nodes.ts'

export interface InspectOptions {
  readonly json?: boolean
  readonly plugin?: readonly string[]
  readonly measure?: boolean
  readonly cases?: string
}

/** Shows a node type with its keys, params and a snippet, or the nodes of a plugin. */
export async function inspectVerb(
  name: string,
  { json, plugin = [], measure = false, cases }: InspectOptions,
  io: Io,
): Promise<number> {
  if (cases !== undefined && !measure) throw usageError('--cases says what to measure with', 'add --measure')
  const asPlugin = isPluginName(name)
  const { types, failed } = asPlugin ? await typesOf(name, plugin) : await knownTypes(plugin)
  if (failed.length > 0) {
    tellFailed({ failed }, io)
    if (asPlugin) return EXIT.failed
  }
  const found = asPlugin ? types : types.filter(({ type }) => type === name)
  if (found.length === 0)
    throw notThere(
      name,
      types.map(({ type }) => type),
    )
  const wanted = measure ? await measured(name, found, plugin, cases, io) : found
  if (json) {
    const described = wanted.map((node) => ({
      ...node,
      described_params: describedParams(node.params),
      snippet: snippet(node),
    }))
    io.stdout.write(`${JSON.stringify(asPlugin ? { plugin: name, nodes: described } : described[0])}\n`)
  } else {
    const paint = paintFor(io.stdout, io.env)
    const width = Math.min(io.stdout.columns ?? 100, 120)
    io.stdout.write(wanted.map((node) => inspectText(node, paint, width)).join('\n'))
  }
  return EXIT.ok
}

/** With labels of here and now. */
async function measured(
  name: string,
  types: readonly NodeType[],
  plugin: readonly string[],
  cases: string | undefined,
  io: Io,
): Promise<NodeType[]> {
  const given = cases === undefined ? {} : readCases(cases, true)
  const { costs, refused } = await measureCosts(name, { plugin, cases: given }, process.cwd())
  tellRefused(refused, io)
  return types.map((type) => ({
    ...type,
    runtimes: type.runtimes.map(({ cost: _, ...offered }) => {
      const cost = costs.get(type.type)?.[offered.runtime]
      return cost === undefined ? offered : { ...offered, cost }
    }),
  }))
}

/** The nodes of one plugin: by its description where it has one, else by its code. */
async function typesOf(name: string, plugins: readonly string[]): Promise<KnownTypes> {
  const described = describedPlugin(name, '.')
  if (described !== undefined) return { types: withCosts(described, new Map()), failed: [] }
  const { nodes, failed, loadedBy } = await catalogue([...plugins, name])
  const own = nodes.filter(({ plugin }) => plugin === name || loadedBy.get(plugin) === name)
  return { types: withCosts(nodeTypes(own), loadedBy), failed }
}

function notThere(name: string, types: readonly string[]): Error {
  const [near] = nearest(name, types)
  return usageError(
    `no node type "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    near === undefined
      ? 'anabranch nodes lists them; --plugin NAME adds those of a plugin'
      : `anabranch inspect ${near}`,
  )
}
