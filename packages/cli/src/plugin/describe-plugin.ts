import { API_VERSION } from '@anabranch/plugin-sdk'
import { catalogue } from '../nodes/catalogue.ts'
import { nodeTypes } from '../nodes/node-type.ts'
import type { PluginDescription } from './plugin-description.ts'
import type { PluginPackage } from './plugin-package.ts'
import { POWERS, powersOf } from './powers.ts'

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
