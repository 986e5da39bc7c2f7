import type { Format, JoinKind, Runtime } from '@anabranch/plugin-sdk'
import type { Manifest, OnError } from '../manifest/manifest.ts'
import type { PassedOver } from '../passed-over.ts'
import type { FusedRun, Graph, GraphEdge, GraphNode } from './graph.ts'

/** What an output or an input carries, as far as it is known before a run. */
export interface PlannedPort {
  readonly kind: string
  readonly format: Format
}

/** One node as it will run. */
export interface PlannedNode {
  readonly id: string
  readonly type: string
  readonly runtime: Runtime
  /** The runtimes that come before it, and why each was not chosen. */
  readonly passedOver: readonly PassedOver[]
  readonly form: GraphNode['form']
  /** `process`: a Python node has one of its own. */
  readonly where: 'inline' | 'thread' | 'process'
  /** How several in-edges form its input sets; null where it has one or none. */
  readonly join: JoinKind | null
  readonly concurrency: number
  readonly maxRetries: number
  readonly onError: OnError
  readonly params: unknown
  /** By output key, in declared order; empty for a sink, and where the keys are not known. */
  readonly outputs: Readonly<Record<string, PlannedPort>>
  /** It has outputs that nothing in the pipeline reads: they are the session's. */
  readonly final: boolean
}

/** A checked pipeline as it will run: plain data. */
export interface Plan {
  readonly name: string
  readonly mode: 'lossless' | 'realtime'
  readonly inputs: Readonly<Record<string, PlannedPort>>
  /** In topological order; where that leaves a choice, in the order they were declared. */
  readonly nodes: readonly PlannedNode[]
  readonly edges: readonly GraphEdge[]
  /** Runs of nodes that their maker calls in one go, such as native nodes of one addon. */
  readonly fused: readonly FusedRun[]
}

export function planOf(graph: Graph, manifest: Pick<Manifest, 'mode'>): Plan {
  const format = (name: string) => graph.formats.get(name) ?? {}
  const read = new Set(graph.edges.flatMap(({ from }) => ('node' in from ? [from.node] : [])))
  return {
    name: graph.name,
    mode: manifest.mode === 'realtime' ? 'realtime' : 'lossless',
    inputs: Object.fromEntries(
      graph.inputs.map((name) => [name, { kind: kindOfInput(graph, name), format: format(name) }]),
    ),
    nodes: graph.nodes.map((node) => ({
      id: node.id,
      type: node.settings.type,
      runtime: node.runtime,
      passedOver: node.passedOver,
      form: node.form,
      where: node.thread !== null ? 'thread' : node.runtime === 'python' ? 'process' : 'inline',
      join: inEdges(graph, node.id) > 1 ? node.settings.join : null,
      concurrency: node.settings.concurrency,
      maxRetries: node.retry.max_retries,
      onError: node.settings.onError,
      params: node.params,
      outputs: Object.fromEntries(
        node.settings.outputKeys.map((key) => [
          key,
          { kind: node.factory.spec?.outputs?.[key]?.kind ?? 'anything', format: format(`${node.id}.${key}`) },
        ]),
      ),
      final: !node.settings.sink && !read.has(node.id),
    })),
    edges: graph.edges,
    fused: graph.fused,
  }
}

const inEdges = (graph: Graph, id: string) => graph.edges.filter(({ to }) => to === id).length
const kindOfInput = (graph: Graph, name: string) => graph.inputKinds.get(name) ?? 'anything'
