import { resolve } from 'node:path'
import type { Plugin } from '@anabranch/plugin-sdk'
import type { Manifest } from './manifest/manifest.ts'
import { type Found, folderOf, type PlanOptions, planGraph } from './plan-graph.ts'
import { isPath } from './plugins/find-plugin.ts'
import { knownPlugin, rememberNodes } from './plugins/known-nodes.ts'
import { pluginFileOf } from './plugins/plugin-file.ts'

/**
 * The graph of a pipeline that is only checked. Where the files of its plugins are as they were when these nodes were made
 * well, nothing of them is imported. That shortens the way to the same answer and is no other: the graph is checked all the
 * same, and at the first thing that is wrong or not known, all is done again with the plugins themselves.
 */
export async function checkOnly(manifest: Manifest, options: PlanOptions): Promise<Found> {
  const files =
    options.importMs === 0 || options.watch === true ? new Map<string, string>() : filesOf(manifest, options)
  const standIns = new Map<string, Plugin>()
  for (const [entry, file] of files) {
    const plugin = knownPlugin(file)
    if (plugin !== null) standIns.set(entry, plugin)
  }
  if (standIns.size > 0) {
    const found = await planGraph(manifest, options, standIns)
    if (isClean(found)) return found
  }
  const found = await planGraph(manifest, options)
  if (isClean(found)) remember(found, new Set(files.values()))
  return found
}

const isClean = ({ graph, problems }: Found) =>
  graph !== null && problems.errors.length === 0 && problems.warnings.length === 0

/** By their entries in the list. */
function filesOf(manifest: Manifest, options: PlanOptions): Map<string, string> {
  const list: unknown = (manifest as Manifest | null)?.plugins
  const paths = Array.isArray(list) ? list.filter((entry) => typeof entry === 'string' && isPath(entry)) : []
  if (paths.length === 0) return new Map()
  const folder = resolve(folderOf(manifest, options))
  return new Map(paths.map((path: string) => [path, resolve(folder, path)]))
}

function remember({ graph, plugins }: Found, files: ReadonlySet<string>): void {
  for (const one of plugins) {
    if (!('plugin' in one)) continue
    const [factory] = one.plugin.nodes
    const file = factory === undefined ? undefined : pluginFileOf(factory)
    if (file === undefined || !files.has(file)) continue
    const nodes = (graph?.nodes ?? []).filter((node) => pluginFileOf(node.factory) === file)
    const made = nodes.map(({ factory: { spec }, params, first }) => ({ type: spec?.type ?? '', params, ...first }))
    rememberNodes(file, one.plugin, made)
  }
}
