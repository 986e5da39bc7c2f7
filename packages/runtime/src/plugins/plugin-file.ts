import type { NodeFactory, Plugin } from '@anabranch/plugin-sdk'

/** By the factory, which may come to a pipeline in several ways: by its plugin's name, in a registry, in a literal. */
const files = new WeakMap<NodeFactory, string>()

/** Remembers from which file the nodes of a plugin were imported: another thread can import it too. */
export function rememberPluginFile(plugin: Plugin, file: string): void {
  for (const node of plugin.nodes) files.set(node, file)
}

/** The file whose default export has this factory among its nodes; undefined for one that was not loaded from a file. */
export function pluginFileOf(factory: NodeFactory): string | undefined {
  return files.get(factory)
}
