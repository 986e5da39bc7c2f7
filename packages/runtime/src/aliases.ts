import { nearest } from '@anabranch/plugin-sdk/host'
import type { Problems } from './graph/problems.ts'
import type { Manifest, TypeOfPlugin } from './manifest/manifest.ts'
import type { LoadedPlugin } from './plugins/load-plugins.ts'

/** By the name of a plugin in the list, and its type: what the pipeline calls it instead. */
export type Aliases = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

const TYPE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

/** Names that a pipeline gives to node types of its plugins. What is wrong with one is a problem, and it is left out. */
export function aliasesOf(manifest: Manifest, loaded: readonly LoadedPlugin[], problems: Problems): Aliases {
  const aliases = new Map<string, Map<string, string[]>>()
  const byName = new Map(loaded.map((one) => [one.name, one]))
  for (const [name, meant] of Object.entries((manifest as Manifest | null)?.alias ?? {})) {
    const wrong = problemOf(name, meant, byName)
    if (wrong !== null) {
      problems.add({ path: `alias.${name}`, ...wrong })
      continue
    }
    const types = aliases.get(meant.plugin) ?? new Map<string, string[]>()
    aliases.set(meant.plugin, types.set(meant.type, [...(types.get(meant.type) ?? []), name]))
  }
  return aliases
}

/** What to write where a type is there twice. */
export const aliasFix = (type: string, plugin: string) =>
  `give one of them another name here, such as alias: { Other${type}: { plugin: '${plugin}', type: ${type} } }, or use one of the plugins`

function problemOf(
  name: string,
  meant: TypeOfPlugin | null,
  byName: ReadonlyMap<string, LoadedPlugin>,
): { readonly message: string; readonly fix: string } | null {
  if (!TYPE.test(name))
    return { message: `"${name}" is no name for a node type`, fix: 'use a letter, then letters, digits or "_"' }
  const { plugin, type } = meant ?? {}
  if (typeof plugin !== 'string' || typeof type !== 'string')
    return { message: `alias "${name}" names no node type of a plugin`, fix: 'write { plugin: NAME, type: TYPE }' }
  const found = byName.get(plugin)
  if (found === undefined) {
    const [near] = nearest(plugin, byName.keys())
    return {
      message: `alias "${name}": plugins has no "${plugin}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      fix: near === undefined ? 'name one that is in plugins' : `write "${near}"`,
    }
  }
  // One that could not be loaded is told already.
  if ('error' in found) return null
  const types = found.plugin.nodes.map(({ spec }) => spec.type)
  if (types.includes(type)) return null
  const [near] = nearest(type, types)
  return {
    message: `alias "${name}": "${plugin}" has no node type "${type}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    fix: near === undefined ? `it has ${types.join(', ')}` : `write "${near}"`,
  }
}
