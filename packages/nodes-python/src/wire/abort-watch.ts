/** Which calls end with which signal. One listener for each signal, however many calls share it. */
export class AbortWatch<Call> {
  readonly #onAbort: (call: Call, signal: AbortSignal) => void
  readonly #watched = new Map<AbortSignal, { readonly calls: Set<Call>; readonly listener: () => void }>()

  constructor(onAbort: (call: Call, signal: AbortSignal) => void) {
    this.#onAbort = onAbort
  }

  /** Returns the function that forgets this call again. */
  add(call: Call, signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined
    const watched = this.#watched.get(signal) ?? this.#watch(signal)
    watched.calls.add(call)
    return () => {
      watched.calls.delete(call)
      if (watched.calls.size > 0 || this.#watched.get(signal) !== watched) return
      signal.removeEventListener('abort', watched.listener)
      this.#watched.delete(signal)
    }
  }

  #watch(signal: AbortSignal) {
    const calls = new Set<Call>()
    const listener = () => {
      this.#watched.delete(signal)
      for (const call of [...calls]) this.#onAbort(call, signal)
    }
    const watched = { calls, listener }
    signal.addEventListener('abort', listener, { once: true })
    this.#watched.set(signal, watched)
    return watched
  }
}
