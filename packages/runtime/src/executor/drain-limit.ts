import { type Clock, TimeoutError } from '@anabranch/plugin-sdk'

/** What an ending session may wait for, but not for ever. */
export type Waiting = 'unread' | 'completing'

/** Gives an ending session so many ms for a reader to come, or for timed operators to complete; then it says what is late. */
export class DrainLimit {
  readonly #clock: Clock
  readonly #ms: number
  #timer: unknown = null

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  /** Begins to wait, unless it does already; `late` is told the error when the time is over. */
  arm(why: Waiting, unfinished: () => readonly string[], late: (error: Error) => void): void {
    if (this.#timer !== null) return
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null
      late(why === 'unread' ? this.#unread() : this.#incomplete(unfinished()))
    }, this.#ms)
  }

  disarm(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer)
    this.#timer = null
  }

  #unread(): Error {
    return new TimeoutError(`outputs wait for a reader since ${this.#ms} ms`, {
      afterMs: this.#ms,
      fix: 'read session.outputs, or close() the session to drop them',
    })
  }

  #incomplete(nodes: readonly string[]): Error {
    return new TimeoutError(`${nodes.join(', ')} did not complete within ${this.#ms} ms after the input ended`, {
      afterMs: this.#ms,
      fix: 'let the operator complete when its input does',
    })
  }
}
