import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { Inputs, Outputs } from '../ports.ts'
import type { NodeExecutor, Runtime } from './node-executor.ts'

/**
 * How an output's media time follows from its inputs'. `keep`: the same. `span`: it covers the inputs since the last
 * output (the default of the operator and stream forms). `samples`: counted from the samples emitted, exact for any
 * chunking. `own`: said by `context.at`.
 */
export type TimeRule = 'keep' | 'span' | 'samples' | 'own'
/** How several in-edges on different keys form input sets. `merge` is for several edges on the same key. */
export type JoinKind = 'zip' | 'latest' | 'merge' | 'align'
/** What a retry or a second concurrent call would meet. */
export type Purity = 'pure' | 'stateful' | 'effectful'
/** Which input sets an operator's output is made of: see `derived` for the third. */
export type Lineage = 'each' | 'span' | 'derived'

// biome-ignore lint/suspicious/noExplicitAny: any schema at all
export type AnySchema = Schema<any, any>

/** Everything a host, an editor or a reader can know of a node without running it. */
export interface NodeSpec<
  T extends string = string,
  S extends Schema = AnySchema,
  I extends Inputs = Inputs,
  O extends Outputs = Outputs,
> {
  readonly type: T
  /** One sentence. */
  readonly summary: string
  readonly params?: S
  /** Of its params: one higher whenever older ones would be refused or mean something else. Default 1. */
  readonly version?: number
  readonly inputs?: I
  readonly outputs?: O
  readonly time?: TimeRule
  readonly join?: JoinKind
  /** For `join: latest`: the only key whose arrival emits. */
  readonly trigger?: string
  /** For `join: align`: how far apart two media times may be, in ms. Default 0. */
  readonly toleranceMs?: number
  /** For `join: align`: what becomes of an item without a partner. Default `drop`. */
  readonly late?: 'drop' | 'emit-alone' | 'fail'
  /** Default `stateful`: one set at a time, never retried. `pure`: retried. `effectful`: not retried, not stopped early. */
  readonly purity?: Purity
  /** Default: only where `purity` is `pure`. */
  readonly retrySafe?: boolean
  /** Input sets between take and settle at once. Default 1; more needs `purity: pure` or `effectful`. */
  readonly concurrency?: number
  /** Results leave in the order the sets were taken. Default true. */
  readonly ordered?: boolean
  /** Worth leaving the thread. A hint to placement. */
  readonly heavy?: boolean
  /** Contains a learnt model, so that another chunking may give another output. */
  readonly model?: boolean
  /** Operator form: see Lineage. Default `span`. */
  readonly lineage?: Lineage
  /** Operator form: emits from timers or promises too. */
  readonly timed?: boolean
  /** Operator form: `owned` copies pooled frames before `next`; `explicit` lends them. Default `owned`. */
  readonly holds?: 'owned' | 'explicit'
  /** Input sets that may be held without an output. Default 256. */
  readonly maxHeld?: number
  /** May give no output for an input set, or one for several, beyond what `time` tells: before one side of a zip that is warned of. */
  readonly filters?: boolean
}

/** Why the nodes of a factory cannot run here, in words for whoever wrote the pipeline. */
export interface Unavailable {
  /** What is missing, and where it was looked for. */
  readonly reason: string
  readonly fix: string
}

/** Makes nodes of one type from params. */
export interface NodeFactory {
  readonly runtime: Runtime
  readonly spec?: NodeSpec
  /**
   * Its nodes work elsewhere and take so many input sets before the first is answered; they work on them in order, at most
   * `concurrency` at a time. Default: no more than `concurrency`.
   */
  readonly inFlight?: number
  /**
   * As `inFlight`, of nodes that are placed on a thread and go there by themselves (`place`). Those take as many too where
   * `time` has content kept over calls: they work in order, and what they answer a set with is made of those up to it.
   */
  readonly threadInFlight?: number
  /** The same for nodes that share a process with others of this group, where its nodes work in processes at all. */
  inGroup?(name: string): NodeFactory
  /** @throws InvalidParamsError listing every problem at once. */
  create(params: unknown): NodeExecutor
  /** Params of an older version as those of this one; left out, older ones are refused. */
  migrate?(params: Readonly<Record<string, unknown>>, from: number): object
  /**
   * Why its nodes cannot run here, or null where they can. It is asked whenever a pipeline is checked, before the factory
   * is chosen, so that a twin in another runtime may step in: it looks (for a file, a variable), and starts nothing. Left
   * out: they can.
   */
  available?(): Unavailable | null
}

/** A node known by its spec: made here, or only described because it lives elsewhere. */
export interface NodeRef<
  T extends string = string,
  S extends Schema = AnySchema,
  I extends Inputs = Inputs,
  O extends Outputs = Outputs,
> {
  readonly spec: NodeSpec<T, S, I, O>
}
