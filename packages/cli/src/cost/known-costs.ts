import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeType, OfferedRuntime } from '../nodes/node-type.ts'
import { OWN_PLUGINS } from '../nodes/own-plugins.ts'
import { type InstalledPackage, installedPackage, packageAbove } from '../plugin/installed-package.ts'
import type { PackageJson } from '../plugin/package-json.ts'
import { pythonDescription } from '../plugin/python-description.ts'
import { saidBy } from '../plugin/static-description.ts'
import type { KnownCost } from './cost-label.ts'

/** The same types with the cost labels of their packages. `loadedBy`: the name or path of each plugin. */
export function withCosts(types: readonly NodeType[], loadedBy: ReadonlyMap<string, string>, folder = '.'): NodeType[] {
  const known = new Map<string, ReturnType<typeof labelsOf>>()
  const labels = (plugin: string) => {
    const name = loadedBy.get(plugin) ?? plugin
    const found = known.get(name) ?? labelsOf(name, folder)
    known.set(name, found)
    return found
  }
  return types.map((type) => ({
    ...type,
    runtimes: type.runtimes.map((offered): OfferedRuntime => {
      const cost = labels(offered.plugin)(type.type, offered.runtime)
      return cost === undefined ? offered : { ...offered, cost }
    }),
  }))
}

/** What the package of a plugin says that its nodes cost: its static description. */
export function labelsOf(plugin: string, folder: string): (type: string, runtime: string) => KnownCost | undefined {
  const found = packageIn(plugin, resolve(folder))
  const version = found?.json.version
  const said = found === undefined ? undefined : saidBy(found.folder, found.json.anabranch)
  const nodes = (said ?? pythonDescription(plugin, resolve(folder)))?.nodes ?? []
  return (type, runtime) => {
    const label = nodes.find((node) => node.type === type)?.costs?.[runtime]
    if (label === undefined) return undefined
    return said === undefined || version === undefined || label.version === version ? label : { ...label, now: version }
  }
}

/** The package.json of a plugin; undefined where there is none. */
export function packageOf(plugin: string, folder: string): PackageJson | undefined {
  return packageIn(plugin, resolve(folder))?.json
}

/** A plugin's package; of a file the nearest above it. */
function packageIn(plugin: string, folder: string): Pick<InstalledPackage, 'folder' | 'json'> | undefined {
  if (/^\.{0,2}\//.test(plugin)) return packageAbove(dirname(resolve(folder, plugin)))
  const from = Object.hasOwn(OWN_PLUGINS, plugin) ? fileURLToPath(new URL('.', import.meta.url)) : folder
  return installedPackage(plugin, from)
}
