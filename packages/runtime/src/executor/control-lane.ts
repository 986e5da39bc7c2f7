import { NotAvailableError } from '@anabranch/plugin-sdk'
import { nodeError, type RecordBody } from '@anabranch/plugin-sdk/host'
import type { Engine } from './engine.ts'
import type { EngineNode } from './engine-node.ts'
import type { RunContext } from './node-context.ts'

/**
 * Messages to one node, ahead of its data and never dropped: one after the other, and while one is at work the node
 * takes nothing else. A message that fails is a failure of the node without a set.
 */
export class ControlLane {
  /** A message, or a reset, is at work. */
  busy = false
  readonly #messages: unknown[] = []
  readonly #engine: Engine
  readonly #node: EngineNode
  #body: RecordBody | null

  constructor(engine: Engine, node: EngineNode, body: RecordBody | null) {
    this.#engine = engine
    this.#node = node
    this.#body = body
  }

  get waiting(): boolean {
    return this.#messages.length > 0
  }

  /** Messages that wait, and those to come, are for this body: what it cannot take is a failure of the node. */
  to(body: RecordBody): void {
    this.#body = body
    if (body.onControl !== undefined) return
    for (const _ of this.#messages.splice(0)) this.#failed(this.#deaf())
  }

  /** @throws NotAvailableError for a node without `onControl`. */
  send(message: unknown): void {
    if (this.#body?.onControl === undefined) throw this.#deaf()
    this.#messages.push(message)
    this.#engine.wake(this.#node)
  }

  /** Gives the node its messages, in its own step. */
  read(context: RunContext): void {
    while (this.#messages.length > 0 && !this.busy && this.#node.state === 'open') {
      const message = this.#messages.shift()
      this.#run(() => this.#body?.onControl?.(message, context))
    }
  }

  /** Asks the node to forget what it has seen. */
  reset(): void {
    this.#run(() => this.#body?.reset?.())
  }

  #run(act: () => void | Promise<void>): void {
    try {
      const done = act() as PromiseLike<void> | undefined
      if (typeof done?.then !== 'function') return
      this.busy = true
      this.#engine.pending++
      done.then(
        () => this.#ended(),
        (error: unknown) => this.#ended({ error }),
      )
    } catch (error) {
      this.#failed(error)
    }
  }

  #ended(failure?: { readonly error: unknown }): void {
    this.#engine.pending--
    this.busy = false
    if (failure !== undefined) this.#failed(failure.error)
    this.#engine.wake(this.#node)
  }

  #deaf(): Error {
    return new NotAvailableError(`node "${this.#node.id}" takes no control messages`, {
      nodeId: this.#node.id,
      fix: 'give it onControl(message)',
    })
  }

  #failed(error: unknown): void {
    this.#engine.failure(this.#node, nodeError(error, this.#node.id))
  }
}
