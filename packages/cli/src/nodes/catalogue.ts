import type { NodeFactory, NodeSpec, Plugin, Runtime, Unavailable } from '@anabranch/plugin-sdk'
import { loadPlugins } from '@anabranch/runtime'
import { LOADING, OWN_PLUGINS } from './own-plugins.ts'

/** One node type of one plugin in one runtime. */
export interface OfferedNode {
  readonly type: string
  readonly plugin: string
  readonly runtime: Runtime
  readonly spec: NodeSpec
  /** Why it cannot run here; null where it can. */
  readonly lack: Unavailable | null
}

/** All node types of some plugins, and the plugins that could not be loaded. */
export interface Catalogue {
  readonly nodes: readonly OfferedNode[]
  readonly failed: readonly { readonly plugin: string; readonly error: Error }[]
  /** The name or path that each plugin was loaded by, by the name that it says itself. */
  readonly loadedBy: ReadonlyMap<string, string>
}

/**
 * The nodes that come with the command, and those of plugins that are named: nothing else is loaded. Of two plugins with
 * one name, such as a copy of one that comes along, the last is the one that is meant.
 */
export async function catalogue(plugins: readonly string[], folder = '.'): Promise<Catalogue> {
  const named = [...new Set([...LOADING.known, ...plugins])]
  const offers = new Map<string, OfferedNode[]>()
  const failed: { plugin: string; error: Error }[] = []
  const loadedBy = new Map<string, string>()
  for (const name of named) {
    try {
      const own = OWN_PLUGINS[name]
      const loaded =
        own === undefined ? await loadPlugins([name], { ...LOADING, from: folder }) : [(await own()).default]
      for (const plugin of loaded) {
        loadedBy.set(plugin.name, name)
        offers.set(
          plugin.name,
          plugin.nodes.map((node) => offered(node, plugin.name)),
        )
      }
    } catch (error) {
      failed.push({ plugin: name, error: error as Error })
    }
  }
  return { nodes: [...offers.values()].flat(), failed, loadedBy }
}

function offered(node: Plugin['nodes'][number], plugin: string): OfferedNode {
  const { spec, runtime, available } = node as typeof node & NodeFactory
  return { type: spec.type, plugin, runtime, spec: node.spec, lack: available?.call(node) ?? null }
}
