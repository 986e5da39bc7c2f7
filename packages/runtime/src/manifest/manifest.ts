import type { Format, JoinKind, Runtime } from '@anabranch/plugin-sdk'
import type { EdgePolicy } from '../edges/edge-options.ts'

/** How one edge is bounded, and what happens when it is full. */
export interface ManifestEdge {
  /** Default `block`. */
  readonly policy?: EdgePolicy
  /** Items that may wait. Default 64. */
  readonly max?: number
  /** Media time that may wait, ms. */
  readonly max_ms?: number
  /** Bytes that may wait. */
  readonly max_bytes?: number
  /** A drop here leaves the fate of its root alone. Default: only for `latest`. */
  readonly best_effort?: boolean
}

/** What feeds an input key: `node.key`, a pipeline input by its bare name, a list of them (with `join: merge`), or one with options. */
export type EdgeSource<Ref extends string = string> =
  | Ref
  | readonly (Ref | (ManifestEdge & { readonly from: Ref }))[]
  | (ManifestEdge & { readonly from: Ref })

export interface RetryOptions {
  /** Retries after the first call: 3 means up to 4 calls. Default 3 where the node may be retried, 0 in realtime. */
  readonly max_retries?: number
  /** Waits are base · 2^(k−1) ms. Default 100. */
  readonly base_ms?: number
  /** The longest wait. Default 10,000. */
  readonly cap_ms?: number
  /** Waits are drawn evenly between half and all of that. Default false. */
  readonly jitter?: boolean
}

export interface BreakerOptions {
  /** Consecutive failures that open it. Default 5. */
  readonly failures?: number
  /** How long it stays open before one probe goes through, ms. Default 30,000. */
  readonly cooldown_ms?: number
}

/** What to do with an input set that failed, after retries. */
export type OnError = 'fail' | 'skip' | 'dead-letter'

/** What a pipeline says of one node beside its params. */
export interface NodeOptions {
  /** The version of the node type that its params are written for. Default: the one that is there. */
  readonly params_version?: number
  readonly runtime_hint?: Runtime | 'auto'
  readonly join?: JoinKind
  /** For `join: latest`. */
  readonly trigger?: string
  /** For `join: align`. */
  readonly tolerance_ms?: number
  readonly late?: 'drop' | 'emit-alone' | 'fail'
  /** For one attempt at one input set. */
  readonly timeout_ms?: number
  /** For one input set with all its retries. */
  readonly total_timeout_ms?: number
  readonly on_error?: OnError
  readonly retry?: RetryOptions
  readonly breaker?: BreakerOptions
  readonly placement?: {
    readonly where?: 'inline' | 'thread' | 'process' | 'remote'
    /** Of Python nodes that share one process. */
    readonly group?: string
    readonly labels?: Readonly<Record<string, string | number>>
    readonly replicas?: number
  }
}

export type Mode = 'realtime' | 'lossless' | 'at-least-once' | 'effectively-once'

/** A node type, and the plugin that has it, as `plugins` names it. */
export interface TypeOfPlugin {
  readonly plugin: string
  readonly type: string
}

export interface ManifestHead {
  readonly metadata?: { readonly name?: string; readonly description?: string }
  readonly plugins?: readonly string[]
  /** Node types that this pipeline calls otherwise: by their name here, whose type each is. */
  readonly alias?: { readonly [type: string]: TypeOfPlugin }
  readonly params?: { readonly [name: string]: { readonly type: string; readonly default?: unknown } }
  readonly mode?: Mode
}

export interface ManifestNode extends NodeOptions {
  readonly type: string
  readonly params?: object
  readonly in?: { readonly [key: string]: EdgeSource }
}

/** A pipeline as plain data: the same from a file and from `definePipeline`. */
export interface Manifest extends ManifestHead {
  readonly version: 'v1'
  readonly inputs?: { readonly [name: string]: { readonly kind: string; readonly format?: Format } }
  readonly nodes: { readonly [id: string]: ManifestNode }
}
