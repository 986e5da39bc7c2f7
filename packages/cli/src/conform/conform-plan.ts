import { resolve } from 'node:path'
import type { NodeSpec, Runtime } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'
import { jsonSchemaOf } from '@anabranch/runtime'
import { type Catalogue, catalogue, type OfferedNode } from '../nodes/catalogue.ts'
import { exampleOf } from '../nodes/params-table.ts'
import { isPluginName } from '../nodes/plugin-name.ts'
import { usageError } from '../usage-error.ts'
import type { Order } from './conformer.ts'
import type { Place } from './order.ts'

export interface ConformOptions {
  readonly plugin?: readonly string[]
  readonly against?: string
  readonly where?: readonly Place[]
  readonly runtime?: Runtime
  readonly params?: Readonly<Record<string, unknown>>
  readonly feed?: readonly Readonly<Record<string, unknown>>[]
  /** By type; what is given for all goes before it. */
  readonly cases?: Readonly<Record<string, ConformCase>>
}

/** What a node needs to be looked at, where its schema and its ports do not say it. */
export interface ConformCase {
  readonly params?: Readonly<Record<string, unknown>>
  readonly feed?: readonly Readonly<Record<string, unknown>>[]
}

/** A node that will be looked at, or that cannot be here. */
export type Planned = { readonly order: Order } | { readonly node: OfferedNode; readonly lack: string }

const PLACES: Readonly<Record<Runtime, readonly Place[]>> = {
  javascript: ['inline', 'thread'],
  native: ['inline', 'thread'],
  python: ['process'],
}

/** What is looked at: each node of a plugin, or one type, in each of its runtimes and each of their places. */
export async function conformPlan(name: string, options: ConformOptions, folder: string): Promise<Planned[]> {
  const { plugin: named = [], where, runtime } = options
  const asPlugin = isPluginName(name)
  const found = await catalogue(asPlugin ? [...named, name] : named, folder)
  const [failed] = found.failed
  if (failed !== undefined) throw failed.error
  const nodes = wanted(found, name, asPlugin).filter((node) => runtime === undefined || node.runtime === runtime)
  if (nodes.length === 0) throw usageError(`no ${runtime} node of "${name}"`, 'leave --runtime out')
  const loadedBy = (node: OfferedNode) => found.loadedBy.get(node.plugin) ?? node.plugin
  return nodes.flatMap((node): Planned[] => {
    if (node.lack !== null) return [{ node, lack: `${node.lack.reason}; fix: ${node.lack.fix}` }]
    const twin = options.against === undefined ? undefined : twinOf(node, options.against, found.nodes)
    const own = options.cases?.[node.type] ?? {}
    const feed = options.feed ?? own.feed
    const given = { ...own.params, ...options.params }
    const params = { ...exampleParams(node.spec), ...given }
    const order = {
      plugin: loadedBy(node),
      from: resolve(folder),
      type: node.type,
      runtime: node.runtime,
      params,
      madeUp: Object.keys(params).some((key) => !(key in given)),
      ...(feed && { feed }),
      ...(twin && { against: { plugin: loadedBy(twin), type: twin.type, runtime: twin.runtime } }),
    }
    return PLACES[node.runtime]
      .filter((place) => where === undefined || where.includes(place))
      .map((place) => ({ order: { ...order, where: place } }))
  })
}

function wanted({ nodes, loadedBy }: Catalogue, name: string, asPlugin: boolean): OfferedNode[] {
  const isOf = (node: OfferedNode) => node.plugin === name || loadedBy.get(node.plugin) === name
  const found = nodes.filter((node) => (asPlugin ? isOf(node) : node.type === name))
  if (found.length > 0) return found
  const types = nodes.map(({ type }) => type)
  const [near] = nearest(name, types)
  throw usageError(
    `no node type "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    near === undefined ? 'give a plugin, or add --plugin NAME' : `anabranch conform ${near}`,
  )
}

/** `TYPE`, or `TYPE@runtime`; without a runtime, of its own type another runtime. */
function twinOf(node: OfferedNode, against: string, nodes: readonly OfferedNode[]): OfferedNode | undefined {
  const [type, runtime] = against.split('@')
  const same = nodes.filter((other) => other.type === type && (runtime === undefined || other.runtime === runtime))
  const twin = same.find((other) => other !== node && other.lack === null)
  if (twin === undefined && !same.includes(node))
    throw usageError(`--against: no node type "${against}" that runs here`, 'write TYPE or TYPE@runtime')
  return twin
}

/** A value for each param that must be given. */
function exampleParams({ params }: NodeSpec): Record<string, unknown> {
  const schema = params === undefined ? undefined : jsonSchemaOf(params)
  const properties = (schema?.properties ?? {}) as Readonly<Record<string, object & { default?: unknown }>>
  const required = ((schema?.required ?? []) as readonly string[]).filter(
    (key) => properties[key]?.default === undefined,
  )
  return Object.fromEntries(required.map((key) => [key, exampleOf(properties[key] as never)]))
}
