import type { JoinKind, Lineage, NodeSpec, TimeRule } from '@anabranch/plugin-sdk'
import type { OnError } from '../manifest/manifest.ts'

/** What becomes of an item that finds no partner. */
export type LatePolicy = NonNullable<NodeSpec['late']>

/** How one node runs, resolved from its spec and its options once, when the graph is made. */
export interface NodeSettings {
  readonly id: string
  readonly type: string
  /** Declared keys; more may come where they are not known. */
  readonly outputKeys: readonly string[]
  readonly outputsKnown: boolean
  /** All input keys with their values while nothing has arrived. */
  readonly template: Readonly<Record<string, unknown>>
  /** Keys of in-edges that only set a value. */
  readonly controlKeys: ReadonlySet<string>
  readonly join: JoinKind
  readonly trigger: string | undefined
  readonly toleranceMs: number
  readonly late: LatePolicy
  readonly concurrency: number
  readonly ordered: boolean
  readonly onError: OnError
  readonly time: TimeRule
  readonly lineage: Lineage
  readonly timed: boolean
  /** Works on a thread or in a process of its own. */
  readonly elsewhere: boolean
  readonly maxHeld: number
  /** No outputs: a settled set was delivered. */
  readonly sink: boolean
  /** Runs on although nobody reads what it gives. */
  readonly effectful: boolean
  /** Output keys of kind audio: what it gives there may lie in frames of the pool. */
  readonly frameOutputs: ReadonlySet<string>
  /** Input keys on which it is lent frames, each until its call is over; on others it gets copies. */
  readonly frameInputs: ReadonlySet<string>
}
