import type { Plugin } from './define-node.ts'
import { PluginError } from './errors/classes.ts'

/** The version of the contract that this SDK speaks. */
export const API_VERSION = 1

/**
 * A plugin is a value: a name and its nodes. Importing it registers nothing.
 *
 * @throws PluginError for another apiVersion, for nodes that are no factories, and for a type that is there twice.
 */
export function definePlugin(plugin: Plugin): Plugin {
  checkPlugin(plugin, 'definePlugin')
  return plugin
}

/** The check of `definePlugin`, for hosts that load what a package exports. `from` names the package or file in errors. */
export function checkPlugin(plugin: unknown, from: string): asserts plugin is Plugin {
  const { name, apiVersion, nodes } = (plugin ?? {}) as Partial<Plugin>
  if (typeof name !== 'string' || name === '' || !Array.isArray(nodes))
    throw new PluginError(`${from} is no plugin: it needs a name, apiVersion ${API_VERSION} and a list of nodes`, {
      fix: 'export default definePlugin({ name, apiVersion: 1, nodes: [...] })',
    })
  if (apiVersion !== API_VERSION)
    throw new PluginError(`plugin "${name}" (${from}) has apiVersion ${apiVersion}, this host needs ${API_VERSION}`, {
      fix: `install a version of "${name}" that is written for apiVersion ${API_VERSION}`,
    })
  const seen = new Set<string>()
  for (const [index, node] of nodes.entries()) {
    const type = node?.spec?.type
    if (typeof type !== 'string' || typeof node.create !== 'function' || typeof node.runtime !== 'string')
      throw new PluginError(`plugin "${name}" (${from}): nodes[${index}] is no node factory`, {
        fix: 'list what defineNode returned',
      })
    if (node.available !== undefined && typeof node.available !== 'function')
      throw new PluginError(`plugin "${name}" (${from}): available of "${type}" is no function`, {
        fix: 'give available() { return null } or leave it out',
      })
    if (seen.has(`${type} ${node.runtime}`))
      throw new PluginError(`plugin "${name}" (${from}) has the ${node.runtime} node "${type}" twice`, {
        fix: 'rename or drop one of them',
      })
    seen.add(`${type} ${node.runtime}`)
  }
}
