/** Which requests end with which signal. One listener for each signal, however many requests share it. */
export class AbortWatch {
  readonly #onAbort: (seq: number, signal: AbortSignal) => void
  readonly #watched = new Map<AbortSignal, { readonly seqs: Set<number>; readonly listener: () => void }>()

  constructor(onAbort: (seq: number, signal: AbortSignal) => void) {
    this.#onAbort = onAbort
  }

  /** Returns the function that forgets this request again. */
  add(seq: number, signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined
    const watched = this.#watched.get(signal) ?? this.#watch(signal)
    watched.seqs.add(seq)
    return () => {
      watched.seqs.delete(seq)
      if (watched.seqs.size > 0 || this.#watched.get(signal) !== watched) return
      signal.removeEventListener('abort', watched.listener)
      this.#watched.delete(signal)
    }
  }

  #watch(signal: AbortSignal) {
    const seqs = new Set<number>()
    const listener = () => {
      this.#watched.delete(signal)
      for (const seq of [...seqs]) this.#onAbort(seq, signal)
    }
    const watched = { seqs, listener }
    signal.addEventListener('abort', listener, { once: true })
    this.#watched.set(signal, watched)
    return watched
  }
}
