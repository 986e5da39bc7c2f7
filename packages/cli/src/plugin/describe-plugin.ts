import { resolve } from 'node:path'
import { API_VERSION } from '@anabranch/plugin-sdk'
import type { Costs } from '../cost/cost-label.ts'
import { catalogue } from '../nodes/catalogue.ts'
import { type NodeType, nodeTypes } from '../nodes/node-type.ts'
import { usageError } from '../usage-error.ts'
import { entryOf, readPackage } from './package-json.ts'
import { POWERS, type Power, powersOf } from './powers.ts'

export interface DescribedNode extends Omit<NodeType, 'runtimes'> {
  readonly runtimes: readonly string[]
  /** What it was measured to cost, by runtime. */
  readonly costs?: Costs
}

/** What package.json says of a plugin, so that nobody has to execute it to know. */
export interface PluginDescription {
  readonly apiVersion: number
  /** What its author says that it uses; of an addon, that it is one. */
  readonly powers: readonly Power[]
  readonly nodes: readonly DescribedNode[]
}

/** The description of the plugin in a folder, of its code. @throws what keeps it from being loaded. */
export async function describePlugin(folder: string): Promise<PluginDescription> {
  const pkg = readPackage(folder)
  const entry = entryOf(pkg)
  if (entry === undefined)
    throw usageError('package.json exports nothing', 'say "exports": { ".": { "default": "./dist/index.js" } }')
  const file = resolve(folder, entry)
  const { nodes, failed, loadedBy } = await catalogue([file], folder)
  const [failure] = failed
  if (failure !== undefined) throw failure.error
  const own = nodes.filter(({ plugin }) => loadedBy.get(plugin) === file)
  const said: readonly string[] = powersOf(pkg.anabranch)
  const isAddon = own.some(({ runtime }) => runtime === 'native')
  return {
    apiVersion: API_VERSION,
    powers: POWERS.filter((power) => said.includes(power) || (power === 'native' && isAddon)),
    nodes: nodeTypes(own).map((node) => ({ ...node, runtimes: node.runtimes.map(({ runtime }) => runtime) })),
  }
}
