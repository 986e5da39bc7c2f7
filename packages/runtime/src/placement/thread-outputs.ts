/** The outputs of one call, as they come from its thread; each is made, and room for another told, when it is asked for. */
export class ThreadOutputs<M> implements AsyncIterableIterator<unknown> {
  readonly #make: (message: M) => unknown
  readonly #discard: (message: M) => void
  readonly #leave: () => void
  readonly #arrived: M[] = []
  #asked: { resolve(result: IteratorResult<unknown>): void; reject(error: unknown): void } | null = null
  #end: { readonly error?: unknown } | null = null
  #left = false

  /** `make` gives the value of a message, `discard` gives back what one holds, `leave` is told that no more are wanted. */
  constructor(make: (message: M) => unknown, discard: (message: M) => void, leave: () => void) {
    this.#make = make
    this.#discard = discard
    this.#leave = leave
  }

  push(message: M): void {
    if (this.#left) return this.#discard(message)
    this.#arrived.push(message)
    this.#give()
  }

  end(): void {
    this.#end ??= {}
    this.#give()
  }

  fail(error: unknown): void {
    this.#end ??= { error }
    this.#give()
  }

  next(): Promise<IteratorResult<unknown>> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject }
      this.#give()
    })
  }

  async return(): Promise<IteratorResult<unknown>> {
    if (!this.#left) {
      this.#left = true
      for (const message of this.#arrived.splice(0)) this.#discard(message)
      if (this.#end === null) this.#leave()
    }
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #give(): void {
    const asked = this.#asked
    if (asked === null) return
    const message = this.#arrived.shift()
    if (message === undefined && this.#end === null && !this.#left) return
    this.#asked = null
    try {
      if (message !== undefined) return asked.resolve({ done: false, value: this.#make(message) })
    } catch (error) {
      return asked.reject(error)
    }
    if (this.#end !== null && 'error' in this.#end) {
      const { error } = this.#end
      this.#end = {}
      return asked.reject(error)
    }
    asked.resolve({ done: true, value: undefined })
  }
}
