import { dirname, join, resolve } from 'node:path'
import { API_VERSION } from '@anabranch/plugin-sdk'
import type { PackageJson } from '../plugin/package-json.ts'
import type { PluginDescription } from '../plugin/plugin-description.ts'
import { jsonIn, saidBy } from '../plugin/static-description.ts'
import type { NodeType } from './node-type.ts'

/**
 * The node types of an installed package by its description: nothing of it is executed. Undefined where it has none for
 * this version of the contract, and where its nodes may lack something here, which only its code can tell.
 */
export function describedPlugin(name: string, folder: string): NodeType[] | undefined {
  const described = saidOf(name, resolve(folder))
  if (described?.apiVersion !== API_VERSION || !Array.isArray(described.nodes)) return undefined
  if (described.nodes.some(({ type, runtimes }) => typeof type !== 'string' || String(runtimes) !== 'javascript'))
    return undefined
  return described.nodes.map(({ costs: _, ...node }) => ({
    ...node,
    runtimes: [{ runtime: 'javascript', plugin: name, available: true }],
  }))
}

/** What the package says that an import from this folder would find; of the export that is named, `@scope/x/nodes`. */
function saidOf(name: string, folder: string): Partial<PluginDescription> | undefined {
  const [, pkg, path] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(name) ?? []
  if (pkg === undefined || pkg.startsWith('.')) return undefined
  for (let at = folder; ; at = dirname(at)) {
    const inside = join(at, 'node_modules', pkg)
    const json = jsonIn(join(inside, 'package.json')) as PackageJson | undefined
    if (json !== undefined) {
      const said = saidBy(inside, json.anabranch)
      return (said?.export ?? '.') === `.${path ?? ''}` ? said : undefined
    }
    if (dirname(at) === at) return undefined
  }
}
