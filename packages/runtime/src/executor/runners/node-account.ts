import type { Root } from '../../edges/root.ts'

/**
 * What every node counts, and what it says of itself where its form knows no better.
 *
 * Node law: taken = produced + absorbed + filtered + failed + deadLettered + cancelled + executing + held.
 */
export abstract class NodeAccount {
  taken = 0
  produced = 0
  absorbed = 0
  filtered = 0
  failed = 0
  deadLettered = 0
  cancelled = 0
  bytesCopied = 0
  readonly custom: Record<string, number> = {}
  /** Its body was asked for its tail: nothing more is given to it. */
  ending = false

  count(metric: string): void {
    this.custom[metric] = (this.custom[metric] ?? 0) + 1
  }

  /** Whether somebody outside may feed it now: then a quiet session only waits. */
  awaitsUser(): boolean {
    return false
  }
  awaitsReader(): boolean {
    return false
  }
  completing(): boolean {
    return false
  }
  /** Sets between take and settle. */
  executing(): number {
    return 0
  }
  /** User code that does not listen is still at work. */
  busy(): boolean {
    return false
  }
  /** Sets kept for a later output. */
  held(): number {
    return 0
  }
  /** Nobody takes over: the body at work goes on. */
  stay(): void {
    this.ending = false
  }
  /** What is still to come of the body at work is not waited for. */
  dropTail(): void {}
  /** Every root that a set inside counts for. */
  walk(_visit: (root: Root | null) => void): void {}
}
