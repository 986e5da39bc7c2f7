import type { Item } from '../../edges/item.ts'
import type { HoldSet } from '../hold-set.ts'
import type { RunContext } from '../node-context.ts'

/**
 * An input set whose execution did not answer with one plain record at once.
 *
 *     running ──► ready ─────────────────► settled        a promise and its one result
 *     iterating ◄─► pulling ─► holding ──► iterating …     an iterable, pulled output by output
 *         └──────────────────────────────► done            its end
 *     any ──► threw
 */
export type WorkState = 'running' | 'ready' | 'iterating' | 'pulling' | 'holding' | 'done' | 'threw'

export class Work {
  state: WorkState = 'running'
  /** The result, output or error that the state speaks of. */
  value: unknown = undefined
  iterator: Iterator<unknown> | AsyncIterator<unknown> | null = null
  /** Interrupted: settled already, and whatever it still gives or throws is ignored. */
  abandoned = false
  /** Values of its set that were lent, to be given back when its code has ended; null where nothing is, or is any more. */
  lent: readonly unknown[] | null = null
  /** Its set is in the hold set of its node: it has answered. */
  held = false
  /** Outputs so far. */
  outputs = 0
  /** What flush gives belongs to no set of its own. */
  readonly isFlush: boolean
  readonly item: Item
  /** The session's epoch when the set was taken. */
  readonly stamp: number
  readonly context: RunContext

  constructor(item: Item, stamp: number, context: RunContext, isFlush: boolean) {
    this.item = item
    this.stamp = stamp
    this.context = context
    this.isFlush = isFlush
  }

  /** User code is at work, or a promise of it outstanding. */
  get busy(): boolean {
    return this.state === 'running' || this.state === 'pulling'
  }

  /** It answers: from now on its set is held, and what its node gives is made of it too. */
  hold(holds: HoldSet): void {
    if (this.held || this.isFlush) return
    this.held = true
    holds.enter(this.item)
  }

  /** The result was an iterable: its outputs are pulled. */
  iterate(result: object): void {
    const shape = result as {
      [Symbol.asyncIterator]?(): AsyncIterator<unknown>
      [Symbol.iterator]?(): Iterator<unknown>
    }
    this.state = 'iterating'
    this.iterator = (shape[Symbol.asyncIterator]?.() ?? shape[Symbol.iterator]?.()) as Iterator<unknown>
  }

  /** One result is there, and waits for room. */
  ready(result: unknown): void {
    this.state = 'ready'
    this.value = result
  }

  /** The iterable gave an output, or its end. */
  pulled({ done, value }: IteratorResult<unknown>): void {
    this.state = done ? 'done' : 'holding'
    if (done) this.iterator = null
    else this.value = value
  }

  threw(error: unknown): void {
    this.state = 'threw'
    this.value = error
  }

  /** It is left before its end; its iterable is told, and whatever that still gives or throws is late by definition. */
  leave(): void {
    const { iterator } = this
    this.iterator = null
    this.state = 'done'
    try {
      const closing = iterator?.return?.() as Promise<unknown> | undefined
      closing?.then?.(undefined, () => undefined)
    } catch {
      // As above.
    }
  }
}
