import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeType, OfferedRuntime } from '../nodes/node-type.ts'
import { OWN_PLUGINS } from '../nodes/own-plugins.ts'
import type { Costs, KnownCost } from './cost-label.ts'

interface Described {
  readonly type: string
  readonly costs?: Costs
}

interface Package {
  readonly version?: string
  readonly anabranch?: { readonly nodes?: readonly Described[] }
}

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

/** What the package of a plugin says of its nodes: in the field `anabranch` of its package.json, or in `costs.json` beside it. */
export function labelsOf(plugin: string, folder: string): (type: string, runtime: string) => KnownCost | undefined {
  const at = packageFolder(plugin, resolve(folder))
  const { version, anabranch } = packageIn(at) ?? {}
  const nodes = [...(anabranch?.nodes ?? []), ...(json<readonly Described[]>(at, 'costs.json') ?? [])]
  return (type, runtime) => {
    const label = nodes.find((node) => node.type === type)?.costs?.[runtime]
    if (label === undefined) return undefined
    return version === undefined || label.version === version ? label : { ...label, now: version }
  }
}

/** The package.json of a plugin; undefined where there is none. */
export function packageOf(plugin: string, folder: string): Package | undefined {
  return packageIn(packageFolder(plugin, resolve(folder)))
}

const packageIn = (at: string | undefined) => json<Package>(at, 'package.json')

/** The folder of a plugin's package; undefined where there is none. */
function packageFolder(plugin: string, folder: string): string | undefined {
  if (/^\.{0,2}\//.test(plugin)) return above(dirname(resolve(folder, plugin)), (at) => at)
  const [scope, name] = plugin.split('/')
  const inside = join('node_modules', plugin.startsWith('@') ? `${scope}/${name}` : (scope as string))
  const from = Object.hasOwn(OWN_PLUGINS, plugin) ? fileURLToPath(new URL('.', import.meta.url)) : folder
  return above(from, (at) => join(at, inside))
}

/** The nearest folder, from here up, that has a package.json. */
function above(start: string, place: (at: string) => string): string | undefined {
  for (let at = start; ; at = dirname(at)) {
    if (json(place(at), 'package.json') !== undefined) return place(at)
    if (dirname(at) === at) return undefined
  }
}

function json<T>(folder: string | undefined, name: string): T | undefined {
  if (folder === undefined) return undefined
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T
  } catch {
    return undefined
  }
}
