import type { Runtime } from '@anabranch/plugin-sdk'

/** A runtime that was not chosen for a node. */
export interface PassedOver {
  readonly runtime: Runtime
  readonly reason: string
  /** It offers the node, which cannot run here. */
  readonly lacking?: true
}
