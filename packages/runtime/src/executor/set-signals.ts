import { setMaxListeners } from 'node:events'

/** The abort signals of one node's sets: one for all of them until an interrupt, made when it is first read; survivors have their own. */
export class SetSignals {
  #sets: AbortController | null = null
  #survivors: AbortController | null = null

  of(survive: boolean): AbortSignal {
    if (survive) {
      this.#survivors ??= controller()
      return this.#survivors.signal
    }
    this.#sets ??= controller()
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

/** As many may listen to its signal as sets are at work, and each may wait for something of its own. */
function controller(): AbortController {
  const made = new AbortController()
  setMaxListeners(0, made.signal)
  return made
}
