import type { PackageCheck } from './package-check.ts'
import type { PluginDescription } from './plugin-description.ts'

/** The package of a plugin, in the folder that it is published from. */
export interface PluginPackage {
  readonly folder: string
  readonly version: string
  /** What loads its nodes, as in the `plugins:` of a pipeline in the folder `from`. */
  readonly entries: readonly string[]
  readonly from: string
  /** What it says of itself, where nothing has to be executed to read it. */
  readonly said: Partial<PluginDescription> | undefined
  /** The file that says it, from the folder; and where in it, in words. */
  readonly file: string
  readonly place: string
  write(description: PluginDescription): void
  /** Everything about it that needs no run of its nodes. */
  check(description: PluginDescription): Promise<PackageCheck[]>
}
