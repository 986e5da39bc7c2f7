import { resolve } from 'node:path'
import { type Issue, isAnabranchError, ManifestError, type Plugin, PluginError } from '@anabranch/plugin-sdk'
import { findPlugin, isPath } from './find-plugin.ts'
import { checkAs, importPlugin } from './import-plugin.ts'
import { isPythonPlugin, loadPythonPlugin } from './python-plugin.ts'
import { tryImports } from './try-imports.ts'

export interface LoadPluginsOptions {
  /** The folder that packages and paths are looked up from. Default: the current one. */
  readonly from?: string
  /**
   * How long one import may take, ms. Each file is imported in a process of its own first, which shows what loops, ends
   * the process or crashes; 0 leaves that out, for files that are known. Default 2,000.
   */
  readonly importMs?: number
  /** Entries of the list that are imported without a trial, because the host comes with them: a trial is a process. */
  readonly known?: readonly string[]
  /** Files that the list names by path are imported so that they can be again, as they are then, and say what they import. */
  readonly watch?: boolean
}

/** What became of one entry of a list. */
export type LoadedPlugin =
  | { readonly name: string; readonly plugin: Plugin }
  /** `unavailable`: the plugin itself said, when it was imported, that it cannot run here. */
  | { readonly name: string; readonly error: Error; readonly unavailable?: boolean }

/**
 * The plugins of a `plugins:` list, in its order: packages by name, files by path (`./nodes/x.js`, `./nodes/x.ts`,
 * `./nodes/x.py`), Python modules (`python:my_pkg.nodes`), or plugins as they are. What is not in the list is not loaded. Nothing is registered: give them to a Registry.
 *
 * A plugin is code with the rights of this process. Trying its import first keeps accidents away, not malice.
 *
 * @throws PluginError for what is not installed, is no plugin, is written for another apiVersion or another Node.js, or
 * throws, loops or exits when it is imported. NotAvailableError where Python is missing, and where a plugin itself says
 * so. ManifestError with all issues where there are several.
 */
export async function loadPlugins(
  list: readonly (string | Plugin)[],
  options: LoadPluginsOptions = {},
): Promise<Plugin[]> {
  const loaded = await loadEach(list, options)
  const errors = loaded.flatMap((one) => ('error' in one ? [one.error] : []))
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1)
    throw new ManifestError(
      `${errors.length} plugins cannot be loaded:\n  ${errors.map(({ message }) => message).join('\n  ')}`,
      {
        issues: loaded.flatMap((one, at) => ('error' in one ? [pluginIssue(at, one.error)] : [])),
      },
    )
  return loaded.flatMap((one) => ('plugin' in one ? [one.plugin] : []))
}

/** One entry that could not be loaded, as an issue of the pipeline. */
export function pluginIssue(at: number, error: Error): Issue {
  const { code = 'ANB_PLUGIN', fix } = error as { code?: string; fix?: string }
  return { path: `plugins.${at}`, message: error.message, code, severity: 'error', ...(fix !== undefined && { fix }) }
}

/** The same, telling of each entry what became of it. */
export async function loadEach(
  list: readonly (string | Plugin)[],
  { from = '.', importMs = 2000, known = [], watch = false }: LoadPluginsOptions,
): Promise<LoadedPlugin[]> {
  const folder = resolve(from)
  const found = await Promise.all(list.map((entry) => attempt(() => find(entry, folder))))
  const tried = found.filter((_, at) => !known.includes(list[at] as string))
  const files = [...new Set(tried.flatMap((one) => ('value' in one && one.value.file ? [one.value.file] : [])))]
  const trials = importMs > 0 && files.length > 0 ? tryImports(files, importMs) : Promise.resolve([])
  const modules = new Map<string, Promise<Attempt<Plugin>>>()
  return Promise.all(
    found.map(async (one, at): Promise<LoadedPlugin> => {
      const name = nameOf(list[at], at)
      if ('error' in one) return failure(name, one.error)
      const { file, plugin } = one.value
      if (plugin !== undefined) return { name, plugin }
      // Known ones are imported meanwhile.
      const verdict = files.includes(file) ? ((await trials)[files.indexOf(file)] ?? null) : null
      if (verdict !== null)
        return { name, error: new PluginError(`plugin "${name}" (${file}) ${verdict.what}`, { fix: verdict.fix }) }
      const loading = modules.get(file) ?? attempt(() => importPlugin(name, file, watch && isPath(name)))
      modules.set(file, loading)
      const result = await loading
      if ('value' in result) return { name, plugin: result.value }
      return failure(name, result.error)
    }),
  )
}

const failure = (name: string, error: Error): LoadedPlugin => ({
  name,
  error,
  unavailable: isAnabranchError(error) && error.code === 'ANB_NOT_AVAILABLE',
})

type Found =
  | { readonly file: string; readonly plugin?: undefined }
  | { readonly file?: undefined; readonly plugin: Plugin }
type Attempt<T> = { readonly value: T } | { readonly error: Error }

async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await run() }
  } catch (error) {
    return { error: error instanceof Error ? error : new PluginError(String(error), { cause: error }) }
  }
}

async function find(entry: string | Plugin, folder: string): Promise<Found> {
  if (typeof entry === 'string' && isPythonPlugin(entry, folder))
    return { plugin: await loadPythonPlugin(entry, folder) }
  if (typeof entry === 'string') return { file: await findPlugin(entry, folder) }
  checkAs(entry, 'an object in the list')
  return { plugin: entry }
}

function nameOf(entry: unknown, at: number): string {
  if (typeof entry === 'string') return entry
  const { name } = (entry ?? {}) as { name?: unknown }
  return typeof name === 'string' ? name : `plugins.${at}`
}
