import type { Values } from '@anabranch/plugin-sdk'

/** The outputs of one set, which says when it has come to its end or was left, begun or not. */
export class Outputs implements IterableIterator<Values> {
  readonly #outputs: Iterator<Values>
  #over: (() => void) | null

  constructor(outputs: Iterable<Values>, over: () => void) {
    this.#outputs = outputs[Symbol.iterator]()
    this.#over = over
  }

  next(): IteratorResult<Values> {
    try {
      const next = this.#outputs.next()
      if (next.done) this.#end()
      return next
    } catch (error) {
      this.#end()
      throw error
    }
  }

  return(): IteratorResult<Values> {
    this.#outputs.return?.()
    this.#end()
    return { done: true, value: undefined }
  }

  [Symbol.iterator](): this {
    return this
  }

  #end(): void {
    const over = this.#over
    this.#over = null
    over?.()
  }
}
