import type { Scheduler } from '../clock.ts'

/** A node with something to do. */
export interface Steppable {
  queued: boolean
  step(): void
}

export interface TurnHost {
  /** Reads the turn's clock, ms. */
  read(): number
  /** What was read last. */
  readonly nowMs: number
  /** After each step. */
  stepped(node: Steppable): void
  /** The queue ran empty. */
  idle(): void
}

/** How long a turn may take before timers and I/O have theirs: with 4 ms a slow sibling got 4–6 times fewer items. */
export const BUDGET_MS = 1
/** A virtual clock may stand still; so a turn is bounded by steps too. */
const MAX_STEPS = 256

/**
 * One queue for all nodes of a session, first in, first out; but who is waited for outside goes first. A turn steps each
 * once for at most 1 ms, then yields to timers and I/O, so that no branch starves another, nor the process.
 */
export class TurnQueue {
  /** Whether a turn is under way: what is woken now runs in it or in the next. */
  inTurn = false
  readonly #host: TurnHost
  readonly #scheduler: Scheduler
  readonly #ready: Steppable[] = []
  #scheduled = false
  #paused = true
  readonly #turn = () => this.#run()

  constructor(host: TurnHost, scheduler: Scheduler) {
    this.#host = host
    this.#scheduler = scheduler
  }

  /** Nothing runs before this: first all nodes and edges are put in place. */
  start(): void {
    this.#paused = false
    this.poke()
  }

  wake(node: Steppable): void {
    if (node.queued) return
    node.queued = true
    this.#ready.push(node)
    this.poke()
  }

  /**
   * The next turn begins with this node: code outside of turns, maybe in another process, has asked for something and
   * does nothing until it is there. For a step that is short in any case.
   */
  wakeFirst(node: Steppable): void {
    if (node.queued) return
    if (this.inTurn) return this.wake(node)
    node.queued = true
    this.#ready.unshift(node)
    this.poke()
  }

  /** Schedules a turn even if nobody is ready, so that `idle` is asked again. */
  poke(): void {
    if (this.#scheduled || this.#paused) return
    this.#scheduled = true
    this.#scheduler.soon(this.#turn)
  }

  #run(): void {
    const host = this.#host
    const ready = this.#ready
    const start = host.read()
    this.inTurn = true
    let at = 0
    while (at < ready.length) {
      const node = ready[at++] as Steppable
      node.queued = false
      node.step()
      host.stepped(node)
      // Nodes read the clock in their steps; where they did not, it is read now and then.
      if (((at & 7) === 0 ? host.read() : host.nowMs) - start > BUDGET_MS || at >= MAX_STEPS) break
    }
    this.inTurn = false
    if (at === ready.length) {
      ready.length = 0
      this.#scheduled = false
      host.idle()
    } else {
      ready.copyWithin(0, at)
      ready.length -= at
      this.#scheduler.later(this.#turn)
    }
  }
}
