import type { Format, Issue, NodeExecutor, NodeFactory, Runtime } from '@anabranch/plugin-sdk'
import type { RecordBody } from '@anabranch/plugin-sdk/host'
import type { EdgeOptions } from '../edges/edge-options.ts'
import type { BreakerOptions, RetryOptions } from '../manifest/manifest.ts'
import type { PassedOver } from '../passed-over.ts'
import type { NodeSettings } from './node-settings.ts'

/** Where an edge comes from: an output of a node, or an input of the pipeline. */
export type GraphSource = { readonly node: string; readonly key: string } | { readonly input: string }

export interface GraphEdge {
  readonly from: GraphSource
  readonly to: string
  readonly inputKey: string
  readonly options: EdgeOptions
}

/** A node type by what a thread needs to make it: the file whose default export is the plugin. */
export interface ModuleReference {
  readonly file: string
  readonly type: string
  readonly runtime: Runtime
}

/** One node, checked and resolved: what a session needs to make it, with nothing left to decide. */
export interface GraphNode {
  readonly id: string
  readonly runtime: Runtime
  readonly factory: NodeFactory
  /** The runtimes that come before it, and why each was not chosen. Empty where the pipeline carries the node itself. */
  readonly passedOver: readonly PassedOver[]
  readonly params: unknown
  /** The instance that was made to check the params; the first session takes it. */
  readonly first: { readonly executor: NodeExecutor; readonly body: RecordBody }
  readonly form: 'execute' | 'stream' | 'operator' | 'source'
  /** Where it is made anew to run on a thread of its own; null where it runs inline. */
  readonly thread: ModuleReference | null
  readonly settings: NodeSettings
  /** An instance may serve several sessions in turn. */
  readonly reusable: boolean
  readonly retry: Required<RetryOptions>
  readonly breaker: Required<BreakerOptions>
  readonly timeoutMs: number | undefined
  readonly totalTimeoutMs: number | undefined
}

/** Nodes in a row that their maker can call in one go. */
export interface FusedRun {
  /** In their order. */
  readonly nodes: readonly string[]
  /** What each but the first reads of the one before. */
  readonly keys: readonly string[]
}

/** A checked graph. Nodes are in topological order; where that leaves a choice, in the order they were declared. */
export interface Graph {
  readonly name: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  readonly inputs: readonly string[]
  /** Nodes in a row that their maker calls in one go. */
  readonly fused: readonly FusedRun[]
  /** Kinds of the pipeline's inputs, by name. */
  readonly inputKinds: ReadonlyMap<string, string>
  /** What is known before a run of every output and pipeline input. */
  readonly formats: ReadonlyMap<string, Format>
  /** What can run, but hardly as it was meant. */
  readonly warnings: readonly Issue[]
}
