import type { NodeFactory, Plugin } from '@anabranch/plugin-sdk'

/** Where the nodes of a plugin were imported from. */
export interface PluginOrigin {
  readonly file: string
  /** Files of its own package that it imports; null where it was imported once and for all, so that nobody knows. */
  readonly imports: readonly string[] | null
}

/** By the factory, which may come to a pipeline in several ways: by its plugin's name, in a registry, in a literal. */
const origins = new WeakMap<NodeFactory, PluginOrigin>()

/** Remembers from which file the nodes of a plugin were imported: another thread can import it too. */
export function rememberPluginFile(plugin: Plugin, origin: PluginOrigin): void {
  for (const node of plugin.nodes) origins.set(node, origin)
}

/** The file whose default export has this factory among its nodes; undefined for one that was not loaded from a file. */
export function pluginFileOf(factory: NodeFactory): string | undefined {
  return origins.get(factory)?.file
}

export function pluginOriginOf(factory: NodeFactory): PluginOrigin | undefined {
  return origins.get(factory)
}
