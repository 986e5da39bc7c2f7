import type { Graph } from './graph/graph.ts'
import { pluginOriginOf } from './plugins/plugin-file.ts'

/** A file that a pipeline names as a plugin. */
export interface PluginFile {
  readonly file: string
  /** The files of its own package that it imports, at any depth. */
  readonly imports: readonly string[]
  /** The nodes of the pipeline that are made by it. */
  readonly nodes: readonly string[]
}

/** The files from which nodes come that can be imported again: those of plugins by path, where `watch` was asked for. */
export function pluginFilesOf({ nodes }: Graph): readonly PluginFile[] {
  const files = new Map<string, PluginFile>()
  for (const { id, factory } of nodes) {
    const origin = pluginOriginOf(factory)
    if (origin === undefined || origin.imports === null) continue
    const { file, imports } = origin
    files.set(file, { file, imports, nodes: [...(files.get(file)?.nodes ?? []), id] })
  }
  return [...files.values()]
}
