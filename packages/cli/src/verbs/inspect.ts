import { nearest } from '@anabranch/plugin-sdk/host'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { type Catalogue, catalogue } from '../nodes/catalogue.ts'
import { inspectText } from '../nodes/inspect-text.ts'
import { nodeTypes } from '../nodes/node-type.ts'
import { describedParams } from '../nodes/params-table.ts'
import { snippet } from '../nodes/snippet.ts'
import { paintFor } from '../text/paint.ts'
import { usageError } from '../usage-error.ts'
import { tellFailed } from './nodes.ts'

/** Shows a node type with its keys, params and a snippet, or the nodes of a plugin. */
export async function inspectVerb(
  name: string,
  { json, plugin = [] }: { readonly json?: boolean; readonly plugin?: readonly string[] },
  io: Io,
): Promise<number> {
  const asPlugin = /^[@./]|\//.test(name)
  const found = await catalogue(asPlugin ? [...plugin, name] : plugin)
  if (found.failed.length > 0) {
    tellFailed(found, io)
    if (asPlugin) return EXIT.failed
  }
  const ofPlugin = asPlugin ? nodesOf(found, name) : []
  const types = nodeTypes(asPlugin ? ofPlugin : found.nodes)
  const wanted = asPlugin ? types : types.filter(({ type }) => type === name)
  if (wanted.length === 0)
    throw notThere(
      name,
      types.map(({ type }) => type),
    )
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

/** A path is not the name of the plugin that it leads to: what came last is what it led to. */
function nodesOf({ nodes }: Catalogue, name: string) {
  const named = nodes.filter(({ plugin }) => plugin === name)
  const last = nodes.at(-1)?.plugin
  return named.length > 0 ? named : nodes.filter(({ plugin }) => plugin === last)
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
