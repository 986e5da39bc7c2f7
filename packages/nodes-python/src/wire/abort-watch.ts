/** Which calls end with which signal. One listener for each signal, as long as that lives: most calls of a node share it. */
export class AbortWatch<Call> {
  readonly #onAbort: (call: Call, signal: AbortSignal) => void
  readonly #watched = new WeakMap<AbortSignal, Set<Call>>()

  constructor(onAbort: (call: Call, signal: AbortSignal) => void) {
    this.#onAbort = onAbort
  }

  /** Returns the function that forgets this call again. */
  add(call: Call, signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined
    const calls = this.#watched.get(signal) ?? this.#watch(signal)
    calls.add(call)
    return () => void calls.delete(call)
  }

  #watch(signal: AbortSignal): Set<Call> {
    const calls = new Set<Call>()
    const onAbort = () => {
      for (const call of [...calls]) this.#onAbort(call, signal)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#watched.set(signal, calls)
    return calls
  }
}
