import { withCosts } from '../cost/known-costs.ts'
import { type Catalogue, catalogue } from './catalogue.ts'
import { describedPlugin } from './described-plugin.ts'
import { type NodeType, nodeTypes } from './node-type.ts'

/** Node types that come with the command, and those of plugins that are named. */
export interface KnownTypes extends Pick<Catalogue, 'failed'> {
  readonly types: readonly NodeType[]
}

/** A plugin is loaded only where its package does not describe it. */
export async function knownTypes(plugins: readonly string[], folder = '.'): Promise<KnownTypes> {
  const described = plugins.map((name) => ({ name, types: describedPlugin(name, folder) }))
  const { nodes, failed, loadedBy } = await catalogue(
    described.flatMap(({ name, types }) => (types === undefined ? [name] : [])),
    folder,
  )
  const types = new Map(nodeTypes(nodes).map((type) => [type.type, type]))
  for (const type of described.flatMap((each) => each.types ?? [])) {
    const known = types.get(type.type)
    types.set(type.type, known === undefined ? type : { ...known, runtimes: [...known.runtimes, ...type.runtimes] })
  }
  return { types: withCosts([...types.values()], loadedBy, folder), failed }
}
