import { API_VERSION } from '@anabranch/plugin-sdk'
import type { Costs } from '../cost/cost-label.ts'
import { catalogue } from '../nodes/catalogue.ts'
import { type NodeType, nodeTypes } from '../nodes/node-type.ts'
import type { PluginPackage } from './plugin-package.ts'
import { POWERS, type Power, powersOf } from './powers.ts'

export interface DescribedNode extends Omit<NodeType, 'runtimes'> {
  readonly runtimes: readonly string[]
  /** What it was measured to cost, by runtime. */
  readonly costs?: Costs
}

/** What a package says of its plugin, so that nobody has to execute it to know. */
export interface PluginDescription {
  readonly apiVersion: number
  /** Which of its exports is the plugin, where that is not its root: `./nodes`. Its author says it. */
  readonly export?: string
  /** What its author says that it uses; of an addon, that it is one. */
  readonly powers: readonly Power[]
  readonly nodes: readonly DescribedNode[]
}

/** The description of a package's plugin, of its code. @throws what keeps it from being loaded. */
export async function describePlugin({ entries, from, said }: PluginPackage): Promise<PluginDescription> {
  const { nodes, failed, loadedBy } = await catalogue(entries, from)
  const [failure] = failed
  if (failure !== undefined) throw failure.error
  const own = nodes.filter(({ plugin }) => entries.includes(loadedBy.get(plugin) as string))
  const powers: readonly string[] = powersOf(said)
  const isAddon = own.some(({ runtime }) => runtime === 'native')
  return {
    apiVersion: API_VERSION,
    ...(said?.export !== undefined && { export: said.export }),
    powers: POWERS.filter((power) => powers.includes(power) || (power === 'native' && isAddon)),
    nodes: nodeTypes(own).map((node) => ({ ...node, runtimes: node.runtimes.map(({ runtime }) => runtime) })),
  }
}
