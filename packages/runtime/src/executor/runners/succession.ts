import { TimeoutError } from '@anabranch/plugin-sdk'
import { nodeError, type RecordBody } from '@anabranch/plugin-sdk/host'
import type { Engine } from '../engine.ts'
import type { EngineNode } from '../engine-node.ts'
import type { Calls } from '../layers/layered.ts'

/** What takes over: a prepared body, and how its work is called. */
export interface Successor {
  readonly body: RecordBody
  readonly calls: Calls | null
}

/** A node as its succession sees it. */
export interface SucceedingNode extends EngineNode {
  readonly body: RecordBody | null
  succession: Succession | null
  /** Its body was asked for its tail: nothing more is given to it. */
  readonly ending: boolean
  /** Nobody takes over: the body at work goes on, whose tail is out already. */
  stay(): void
  /** What is still to come of the body at work is not waited for: the sets that it holds are cancelled. */
  dropTail(): void
  /** Works by the other body from now on. */
  adopt(successor: Successor): void
}

/**
 * A node on its way from one body to another. It takes nothing meanwhile.
 *
 *     settling ──► moving ──► over
 *
 * settling: what is at work settles, then the old body gives its tail. moving: what it knows goes over.
 */
export class Succession {
  readonly #engine: Engine
  readonly #node: SucceedingNode
  readonly #successor: Successor
  readonly #over: (outcome: boolean | Error) => void
  #moving = false
  #done = false

  constructor(engine: Engine, node: SucceedingNode, successor: Successor, over: (outcome: boolean | Error) => void) {
    this.#engine = engine
    this.#node = node
    this.#successor = successor
    this.#over = over
  }

  /** Nothing is inside the node any more. Said in its own step, as often as it likes. */
  handOver(): void {
    if (this.#moving) return
    this.#moving = true
    this.#move().then(
      () => this.#end(true),
      (error: unknown) => this.#end(nodeError(error, this.#node.id)),
    )
  }

  /** The node has ended before it came to that. */
  nodeEnded(): void {
    this.#end(false)
  }

  /**
   * It takes too long. Where the old body was asked for its tail already, it cannot go on: the new one works without it.
   */
  late(afterMs: number): void {
    const node = this.#node
    if (!this.#moving && node.ending) {
      this.#engine
        .logFor(node.id)
        .warn(`the tail of the code before did not come within ${afterMs} ms, and is given up`)
      node.dropTail()
      return this.handOver()
    }
    const what = this.#moving ? 'snapshot() and restore() took' : 'what is at work in it takes'
    const error = new TimeoutError(`node "${node.id}" was not replaced: ${what} longer than ${afterMs} ms`, {
      afterMs,
      nodeId: node.id,
      fix: 'let what waits for long listen to context.signal, or give it a timeout_ms; then save again',
    })
    this.#end(error)
  }

  /** State moves only where the old body tells it and the new one takes it. */
  async #move(): Promise<void> {
    const from = this.#node.body
    const { body } = this.#successor
    if (from?.snapshot === undefined || body.restore === undefined) return
    await body.restore(await from.snapshot())
  }

  #end(outcome: boolean | Error): void {
    if (this.#done) return
    this.#done = true
    this.#node.succession = null
    if (outcome === true) this.#node.adopt(this.#successor)
    else if (outcome !== false) this.#node.stay()
    this.#over(outcome)
    this.#engine.wake(this.#node)
  }
}

/**
 * Has a node work by another body, from a moment on at which nothing is inside it. Resolves to false where it ended
 * before; rejects where it took longer than `patienceMs`, or its state could not move: then the body before goes on.
 * `adopted` is called at the very moment.
 */
export function succeed(
  engine: Engine,
  node: SucceedingNode,
  successor: Successor,
  patienceMs: number,
  adopted: () => void,
): Promise<boolean> {
  // Where its own end has begun, there is nothing left that another body could work on.
  if (node.state !== 'open' || node.ending) return Promise.resolve(false)
  return new Promise((resolve, reject) => {
    // It waits for no other node, so a quiet session is no stall.
    engine.pending++
    const late = () => {
      timer = engine.clock.setTimeout(late, patienceMs)
      succession.late(patienceMs)
    }
    let timer = engine.clock.setTimeout(late, patienceMs)
    const succession = new Succession(engine, node, successor, (outcome) => {
      engine.clock.clearTimeout(timer)
      engine.pending--
      if (outcome === true) adopted()
      if (typeof outcome === 'boolean') resolve(outcome)
      else reject(outcome)
    })
    node.succession = succession
    engine.wake(node)
  })
}
