import type { Values } from '../values.ts'

/** How one form of node is fed, one set after another. */
export interface Driver {
  /** Resolves once the set is worked on, as far as the form lets one know; rejects with what the node threw. */
  push(record: Values): Promise<void>
  /** Flush, or the completion of the input. */
  end(): Promise<void>
  /** Forgets the work at hand; what it still gives or throws is ignored. */
  cancel(): void
  /** Resolves when work that was cancelled has ended too, as far as the form lets one know. */
  ended?(): Promise<void>
}

/** What a driver reports. */
export interface Report {
  emit(outputs: Values): void
  /** Outside any push: from a timer or a promise of an operator. */
  fail(error: unknown): void
  complete(): void
}
