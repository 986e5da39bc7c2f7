import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { isAnabranchError, type Plugin, PluginError } from '@anabranch/plugin-sdk'
import { aliasesOf, aliasFix } from './aliases.ts'
import type { OptionsOf } from './check-options.ts'
import { checkGraph } from './graph/build-graph.ts'
import type { Resolve } from './graph/check-node.ts'
import type { Graph } from './graph/graph.ts'
import { Problems } from './graph/problems.ts'
import type { Manifest } from './manifest/manifest.ts'
import { sourceOf } from './manifest/manifest-source.ts'
import { type LoadedPlugin, loadEach, pluginIssue } from './plugins/load-plugins.ts'
import { pluginFileOf } from './plugins/plugin-file.ts'
import { Registry, type UnavailablePlugin } from './registry/registry.ts'

/** Where a pipeline's node types and plugins come from. */
export interface PlanOptions {
  /** Node types that the pipeline does not carry itself, beside those of its `plugins:`. */
  readonly registry?: Registry
  /** The folder that `plugins:` are looked up from, where the pipeline was not loaded from a file. Default: the current one. */
  readonly from?: string
  /** How long the import of one plugin may take, ms; 0 imports without trying first. Default 2,000. */
  readonly importMs?: number
  /** Plugins, as `plugins:` names them, that are imported without trying first: those that the host comes with. */
  readonly known?: readonly string[]
  /** Plugins that are named by path can be imported again while it runs, by `executor.reload`, with what they import. */
  readonly watch?: boolean
}

export const PLAN_OPTIONS: OptionsOf<PlanOptions> = {
  registry: true,
  from: true,
  importMs: true,
  known: true,
  watch: true,
}

/** A checked graph, and what is needed to make a part of it anew. */
export interface Planned {
  readonly manifest: Manifest
  readonly graph: Graph
  readonly resolve: Resolve
}

/** Plugins that are taken in place of entries of the list. */
export type StandIns = ReadonlyMap<string, Plugin>

/** What became of a pipeline; without a graph where nothing can be made of it. */
export interface Found extends Omit<Planned, 'graph'> {
  readonly graph: Graph | null
  readonly problems: Problems
  readonly plugins: readonly LoadedPlugin[]
}

/** The graph of a pipeline with its plugins loaded, and all that is wrong with it; no graph where nothing can be made of it. */
export async function planGraph(
  manifest: Manifest,
  options: PlanOptions,
  standIns: StandIns = new Map(),
): Promise<Found> {
  const problems = new Problems(sourceOf(manifest))
  const { resolve: each, plugins } = await resolverOf(manifest, options, standIns, problems)
  const resolve = eachOnce(each)
  return { manifest, graph: checkGraph(manifest, resolve, pluginFileOf, problems), resolve, problems, plugins }
}

/** The checked graph. @throws ManifestError with every problem; where there is only one, its own class */
export async function graphOf(manifest: Manifest, options: PlanOptions): Promise<Planned> {
  const { problems, plugins: _, ...planned } = await planGraph(manifest, options)
  problems.throwIfAny(manifest?.metadata?.name ?? 'pipeline')
  return planned as Planned
}

/** Every type is looked for once a plan: whether its nodes can run here may be asked of files. */
function eachOnce(resolve: Resolve): Resolve {
  const found = new Map<string, ReturnType<Resolve>>()
  return (type, hint) => {
    const key = `${hint} ${type}`
    const known = found.get(key) ?? resolve(type, hint)
    if (known !== null) found.set(key, known)
    return known
  }
}

async function resolverOf(
  manifest: Manifest,
  options: PlanOptions,
  standIns: StandIns,
  problems: Problems,
): Promise<{ readonly resolve: Resolve; readonly plugins: readonly LoadedPlugin[] }> {
  const given = options.registry ?? new Registry()
  const list = pluginsOf(manifest, problems)
  if (list.length === 0) {
    aliasesOf(manifest, [], problems)
    return { resolve: (type, hint) => given.resolve(type, hint), plugins: [] }
  }
  const taken = list.map((entry) => (typeof entry === 'string' && standIns.get(entry)) || entry)
  const loaded = await loadEach(taken, { ...options, from: folderOf(manifest, options) })
  const unavailable = loaded.filter((one): one is UnavailablePlugin => 'error' in one && one.unavailable === true)
  const registry = given.with([], unavailable)
  const aliases = aliasesOf(manifest, loaded, problems)
  let failed = false
  for (const [at, one] of loaded.entries()) {
    const error = 'plugin' in one ? clash(registry, one, aliases.get(one.name)) : one.error
    if (error === null) continue
    const issue = pluginIssue(at, error)
    if ('error' in one && one.unavailable) problems.warn({ ...issue, fix: issue.fix ?? 'leave it out' })
    else {
      failed = true
      problems.add(issue, error)
    }
  }
  const resolve: Resolve = (type, hint) => {
    try {
      return registry.resolve(type, hint)
    } catch (error) {
      // It may well be in the plugin that failed, which is told already.
      if (failed && !registry.types.includes(type)) return null
      throw error
    }
  }
  return { resolve, plugins: loaded }
}

function pluginsOf(manifest: Manifest, problems: Problems): readonly (string | Plugin)[] {
  const list: unknown = (manifest as Manifest | null)?.plugins ?? []
  if (Array.isArray(list)) return list
  problems.add({ path: 'plugins', message: 'plugins is not a list', fix: "write plugins: ['./nodes/x.ts', …]" })
  return []
}

/** The folder that its plugins are looked up from. */
export function folderOf(manifest: Manifest, { from = '.' }: PlanOptions): string {
  const name = sourceOf(manifest)?.name
  return name !== undefined && existsSync(name) ? dirname(name) : from
}

function clash(
  registry: Registry,
  { name, plugin }: { readonly name: string; readonly plugin: Plugin },
  alias: ReadonlyMap<string, readonly string[]> | undefined,
): Error | null {
  const taken = new Set(registry.types)
  try {
    registry.use(plugin, alias)
    return null
  } catch (error) {
    if (!isAnabranchError(error)) return new PluginError(String(error), { cause: error })
    const type = plugin.nodes.map(({ spec }) => spec.type).find((each) => taken.has(each))
    if (type === undefined || alias?.has(type)) return error
    return new PluginError(error.message, { cause: error, fix: aliasFix(type, name) })
  }
}
