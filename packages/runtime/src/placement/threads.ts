import type { Clock, NodeLog } from '@anabranch/plugin-sdk'
import { type FramePool, LIMITS, type RecordBody } from '@anabranch/plugin-sdk/host'
import type { GraphNode } from '../graph/graph.ts'
import { NodeThread } from './node-thread.ts'
import { threadedBody } from './threaded-body.ts'

export interface ThreadsOptions {
  readonly pool: FramePool | null
  readonly clock: Clock
  readonly logFor: (nodeId: string) => NodeLog
  readonly restarts: number | undefined
}

/** The threads of an executor: one for each node that is placed on one. */
export class Threads {
  readonly #options: ThreadsOptions
  readonly #byNode = new Map<string, NodeThread>()

  constructor(options: ThreadsOptions) {
    this.#options = options
  }

  /** A node that works on its thread; null for one that runs inline. */
  body(node: GraphNode): RecordBody | null {
    if (node.thread === null) return null
    const { pool, clock, logFor, restarts = LIMITS.thread_restarts } = this.#options
    let thread = this.#byNode.get(node.id)
    if (thread === undefined) {
      thread = new NodeThread({ nodeId: node.id, pool, clock, log: logFor(node.id), restarts })
      this.#byNode.set(node.id, thread)
    }
    return threadedBody(thread, node, node.thread)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byNode.values()].map((thread) => thread.close()))
  }
}
