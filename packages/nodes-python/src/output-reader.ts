import type { Values } from '@anabranch/plugin-sdk'

interface Waiting {
  resolve(result: IteratorResult<Values>): void
  reject(error: unknown): void
}

/** Outputs of one call as they come: what came and was not taken waits here, and the worker makes no more than its credit. */
export class OutputReader implements AsyncIterableIterator<Values> {
  readonly #came: Values[] = []
  readonly #waiting: Waiting[] = []
  #end: { readonly error?: unknown } | null = null
  /** Called for each output that is taken, and when nobody wants the rest. */
  onTaken: () => void = () => undefined
  onLeave: () => void = () => undefined

  output(values: Values): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#came.push(values)
    else {
      this.onTaken()
      waiting.resolve({ value: values, done: false })
    }
  }

  done(): void {
    this.#finish({})
  }

  failed(error: unknown): void {
    this.#finish({ error })
  }

  next(): Promise<IteratorResult<Values>> {
    const first = this.#came.shift()
    if (first !== undefined) {
      this.onTaken()
      return Promise.resolve({ value: first, done: false })
    }
    if (this.#end === null)
      return new Promise((resolve, reject) => {
        this.#waiting.push({ resolve, reject })
      })
    const { error } = this.#end
    this.#end = {}
    return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error)
  }

  return(): Promise<IteratorResult<Values>> {
    this.#came.length = 0
    if (this.#end === null) {
      this.#finish({})
      this.onLeave()
    }
    this.#end = {}
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #finish(end: { readonly error?: unknown }): void {
    if (this.#end !== null) return
    this.#end = end
    const first = this.#waiting.shift()
    if (first !== undefined && 'error' in end) {
      this.#end = {}
      first.reject(end.error)
    } else first?.resolve({ value: undefined, done: true })
    for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true })
  }
}
