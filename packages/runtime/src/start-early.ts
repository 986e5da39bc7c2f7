import type { Manifest } from './manifest/manifest.ts'
import { folderOf, type PlanOptions } from './plan-graph.ts'
import { type Early, startPythonEarly } from './plugins/python-plugin.ts'

/**
 * Starts what a pipeline will need when it is opened, before it is checked. It never throws: whatever is wrong with the
 * pipeline is told by the check.
 */
export async function startEarly(manifest: Manifest, options: PlanOptions): Promise<Early | null> {
  const { plugins, nodes } = (manifest ?? {}) as Partial<Manifest>
  if (!Array.isArray(plugins) || typeof nodes !== 'object' || nodes === null) return null
  return startPythonEarly(plugins, Object.values(nodes), folderOf(manifest, options))
}
