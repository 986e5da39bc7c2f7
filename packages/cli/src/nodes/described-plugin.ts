import { resolve } from 'node:path'
import { API_VERSION } from '@anabranch/plugin-sdk'
import { installedPackage } from '../plugin/installed-package.ts'
import type { PluginDescription } from '../plugin/plugin-description.ts'
import { saidBy } from '../plugin/static-description.ts'
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
  const found = installedPackage(name, folder)
  const said = found === undefined ? undefined : saidBy(found.folder, found.json.anabranch)
  return (said?.export ?? '.') === found?.path ? said : undefined
}
