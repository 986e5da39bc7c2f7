import type { AnabranchError } from '@anabranch/plugin-sdk'
import type { Edge } from '../edges/edge.ts'
import type { EdgeEnd } from '../edges/edge-host.ts'
import type { Root } from '../edges/root.ts'
import type { NodeSettings } from '../graph/node-settings.ts'
import type { HoldCounters } from './hold-set.ts'
import type { OutputPort } from './output-port.ts'

/** A node as its session sees it, whatever its form: what is stepped, interrupted, asked and counted. */
export interface EngineNode extends EdgeEnd, HoldCounters {
  readonly settings: NodeSettings
  readonly ins: Edge[]
  readonly ports: readonly OutputPort[]
  readonly isSource: boolean
  /** Of a source: the media time up to which it has given, µs. */
  readonly positionUs?: number
  readonly state: 'open' | 'closed'
  readonly taken: number
  /** Audio that was copied for it out of frames. */
  bytesCopied: number
  readonly custom: Readonly<Record<string, number>>
  broken: AnabranchError | null
  /** Executions begun before this epoch are stale. */
  leastEpoch: number
  /** In scope of an interrupt since its last step. */
  dirty: boolean
  /** One turn of work: controls, input sets, ends. */
  step(): void
  /** Takes back what is stale after an interrupt. */
  abort(): void
  stop(why: 'closed' | 'unpaired' | 'failed', error?: Error | null): void
  /** One of its edges came or went. */
  rewire(): void
  /** Lets a join settle what waits in vain; false where none does. */
  unblock(): boolean
  /** Whether somebody outside may feed it now: then a quiet session only waits. */
  awaitsUser(): boolean
  /** Whether outputs wait in it for a reader. */
  awaitsReader(): boolean
  /** Whether its input has ended, and it has not. */
  completing(): boolean
  /** Sets between take and settle. */
  executing(): number
  /** User code that does not listen is still at work. */
  busy(): boolean
  /** Sets kept for a later output. */
  held(): number
  /** Every root that a set inside counts for. */
  walk(visit: (root: Root | null) => void): void
}
