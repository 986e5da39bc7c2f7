import type { Subscriber } from 'rxjs'
import type { Edge } from '../../edges/edge.ts'
import { NodeRunner, STEP_SETS } from './node-runner.ts'

/**
 * The reader of a tap: gives every value it takes to its subscribers, and takes as fast as it is stepped. Its edge is
 * not one of the graph: it never blocks, is not asked whether its producer is still needed, is in no interrupt's scope,
 * and what it drops or delivers leaves the fate of a root alone.
 */
export class TapRunner extends NodeRunner {
  readonly subscribers = new Set<Subscriber<unknown>>()

  override wired(): void {
    // One edge, whose items stand alone.
  }

  step(): void {
    this.sweep()
    const [edge] = this.ins as [Edge]
    for (let left = STEP_SETS; this.state === 'open' && this.subscribers.size > 0; left--) {
      if (left === 0) return this.engine.wake(this)
      const item = edge.take()
      if (item === null) {
        if (edge.over) this.stop('closed')
        return
      }
      this.taken++
      for (const subscriber of [...this.subscribers]) subscriber.next(item.value)
      this.produced++
      this.settleOk(item)
    }
  }

  abort(): void {}

  /** Completes also where the producer failed: an onlooker need not handle what `end()` tells the session's owner. */
  protected quit(): void {
    const subscribers = [...this.subscribers]
    this.subscribers.clear()
    for (const subscriber of subscribers) subscriber.complete()
  }
}
