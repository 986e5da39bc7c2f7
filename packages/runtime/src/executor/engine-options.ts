import type { AnabranchError, Clock, NodeLog } from '@anabranch/plugin-sdk'
import type { FramePool } from '@anabranch/plugin-sdk/host'
import type { Scheduler } from '../clock.ts'
import type { Item } from '../edges/item.ts'
import type { Histogram } from '../telemetry/histogram.ts'
import type { EngineNode } from './engine-node.ts'
import type { OutputPort } from './output-port.ts'
import type { Probe } from './probe.ts'

/** What a session wants to be told. */
export interface EngineListener {
  /** Every node is closed. */
  done(): void
  /** Nothing can run any more. */
  stalled(error: AnabranchError): void
  /** Outputs wait for a reader, or only timed operators are left whose input has ended: not for ever. */
  limited(why: 'unread' | 'completing'): void
  /** A set failed, or a node without one. */
  failure(nodeId: string, error: AnabranchError): void
  deadLetter(nodeId: string, error: AnabranchError, item: Item, inputs: unknown): void
  portAdded(node: EngineNode, port: OutputPort): void
}

export interface EngineOptions {
  readonly sessionId: string
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly probe: Probe | null
  readonly logFor: (nodeId: string) => NodeLog
  /** Where audio lies; null where no node declares any. */
  readonly pool: FramePool | null
  /** From source to sink, µs; null where nobody measures. */
  readonly latency: Histogram | null
  /** For items that bring no trace of their own. */
  readonly traceparent: string | undefined
  readonly listener: EngineListener
}
