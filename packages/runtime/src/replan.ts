import { isDeepStrictEqual } from 'node:util'
import { type NodeFactory, NotAvailableError, PluginError } from '@anabranch/plugin-sdk'
import { checkGraph } from './graph/build-graph.ts'
import type { Resolve } from './graph/check-node.ts'
import type { Graph, GraphNode } from './graph/graph.ts'
import type { NodeSettings } from './graph/node-settings.ts'
import { Problems } from './graph/problems.ts'
import { sourceOf } from './manifest/manifest-source.ts'
import type { Planned } from './plan-graph.ts'
import type { NewCode } from './plugins/import-again.ts'
import { pluginFileOf } from './plugins/plugin-file.ts'

export interface Replanned {
  readonly planned: Planned
  /** The nodes that are made of the new code. */
  readonly changed: readonly GraphNode[]
}

const AGAIN = 'stop the run and start it again'

/**
 * The graph with some nodes of new code, checked as the first one was. The nodes may work in another way, but stand in
 * the graph as before: a run keeps its edges.
 *
 * @throws ManifestError with every problem, each with its place in the pipeline; PluginError where no node is of this code.
 */
export function replan({ manifest, graph, resolve }: Planned, code: readonly NewCode[]): Replanned {
  const problems = new Problems(sourceOf(manifest))
  const replaced = new Map<NodeFactory, NodeFactory>()
  const old = graph.nodes.filter((node) => code.some((one) => concerns(one, node)))
  if (old.length === 0)
    throw new PluginError(`no node of this pipeline is of ${code.map(nameOf).join(' or ')}`, {
      fix: 'name a file, or a plugin with node types, that the pipeline uses',
    })
  for (const node of old) for (const one of code) if (concerns(one, node)) replaceNode(node, one, replaced, problems)
  problems.throwIfAny(graph.name)
  const next: Resolve = (type, hint) => {
    const found = resolve(type, hint)
    const factory = found && replaced.get(found.factory)
    return found && factory ? { ...found, factory } : found
  }
  const made = checkGraph(manifest, next, pluginFileOf, problems)
  problems.throwIfAny(graph.name)
  const byId = new Map((made as Graph).nodes.map((node) => [node.id, node]))
  const changed = old.map(({ id }) => byId.get(id) as GraphNode)
  for (const [at, node] of changed.entries()) compare(old[at] as GraphNode, node, replaced, problems)
  problems.throwIfAny(graph.name)
  const nodes = graph.nodes.map((node) => changed.find(({ id }) => id === node.id) ?? node)
  return { planned: { manifest, graph: { ...(made as Graph), fused: graph.fused, nodes }, resolve: next }, changed }
}

/** By the file where there is one, also of a type that it has no more. */
function concerns({ plugin, file }: NewCode, { factory, settings }: GraphNode): boolean {
  if (file !== null) return pluginFileOf(factory) === file
  const type = factory.spec?.type ?? settings.type
  return plugin.nodes.some(({ spec, runtime }) => spec.type === type && runtime === factory.runtime)
}

const nameOf = ({ plugin, file }: NewCode) => file ?? `plugin "${plugin.name}"`

function replaceNode(
  { id, factory, runtime, thread, settings }: GraphNode,
  code: NewCode,
  replaced: Map<NodeFactory, NodeFactory>,
  problems: Problems,
): void {
  // The pipeline may call it otherwise.
  const type = factory.spec?.type ?? settings.type
  const made = code.plugin.nodes.find(({ spec, runtime: of }) => spec.type === type && of === runtime)
  const refuse = refusal(id, problems)
  if (thread !== null)
    refuse('it works on a thread, where new code is not taken yet', `leave placement out, or ${AGAIN}`)
  else if (runtime !== 'javascript') refuse(`it is a ${runtime} node, of which new code is not taken yet`, AGAIN)
  else if (made !== undefined) replaced.set(factory, made)
  else {
    const message = `${nameOf(code)} has no node type "${type}" any more`
    const fix = 'give it back, or change the pipeline and start it again'
    const error = new PluginError(message, { nodeId: id, fix })
    problems.add({ path: `nodes.${id}.type`, code: error.code, message, fix }, error)
  }
}

function refusal(id: string, problems: Problems) {
  return (what: string, fix: string): void => {
    const error = new NotAvailableError(`node "${id}": ${what}`, { nodeId: id, fix })
    problems.add({ path: `nodes.${id}`, code: error.code, message: error.message, fix }, error)
  }
}

/** What the run is wired by must not differ. */
function compare(
  old: GraphNode,
  node: GraphNode,
  replaced: ReadonlyMap<NodeFactory, NodeFactory>,
  problems: Problems,
): void {
  const { id } = old
  const refuse = refusal(id, problems)
  if (node.factory !== replaced.get(old.factory))
    return refuse('it is defined in the pipeline itself, where new code is not seen', AGAIN)
  if (node.form !== old.form)
    return refuse(`it has ${node.form} in the place of ${old.form}, which a run cannot follow`, AGAIN)
  for (const name of Object.keys(old.settings) as (keyof NodeSettings)[]) {
    if (isDeepStrictEqual(old.settings[name], node.settings[name])) continue
    const [what, before, now] = changeOf(name, old.settings, node.settings)
    return refuse(`${what} changed from ${before} to ${now}, which a run cannot follow`, `undo it, or ${AGAIN}`)
  }
  if (old.form === 'source' && (old.first.body.snapshot === undefined || node.first.body.restore === undefined))
    refuse(
      'a source begins anew where another takes its place, and would give its items twice',
      `give it snapshot() and restore(state), by which the next one goes on where it was, or ${AGAIN}`,
    )
}

/** In the words of whoever wrote the node. */
function changeOf(name: keyof NodeSettings, old: NodeSettings, now: NodeSettings): [string, string, string] {
  const list = (names: Iterable<string>) => [...names].join(', ') || 'none'
  if (name === 'outputKeys') return ['its outputs', list(old.outputKeys), list(now.outputKeys)]
  if (name === 'template') {
    const [before, after] = [list(Object.keys(old.template)), list(Object.keys(now.template))]
    return before === after ? ['the initial value of an input', 'one', 'another'] : ['its inputs', before, after]
  }
  const text = (value: unknown) =>
    value instanceof Set ? list(value as Set<string>) : value === undefined ? 'none' : String(value)
  return [`its ${name}`, text(old[name]), text(now[name])]
}
