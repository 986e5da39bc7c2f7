/** The abort signals of one node's sets: one for all of them until an interrupt, made when it is first read; survivors have their own. */
export class SetSignals {
  #sets: AbortController | null = null
  #survivors: AbortController | null = null

  of(survive: boolean): AbortSignal {
    if (survive) {
      this.#survivors ??= new AbortController()
      return this.#survivors.signal
    }
    this.#sets ??= new AbortController()
    return this.#sets.signal
  }

  /** An interrupt: what survives goes on. */
  abort(reason: Error): void {
    const sets = this.#sets
    this.#sets = null
    sets?.abort(reason)
  }

  /** The end of the node. */
  abortAll(reason: Error | undefined): void {
    this.#sets?.abort(reason)
    this.#survivors?.abort(reason)
  }
}
