/**
 * Handles on their way between threads: cells of a state and two halves, each empty, in somebody's hands, or full. Nobody waits:
 * where no cell is free, or full, the caller does something else.
 */
export class Mailbox {
  static readonly cells = 4
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  static memory = (): SharedArrayBuffer => new SharedArrayBuffer(Mailbox.cells * 12)

  /** An empty cell, which is the caller's to fill; or -1. */
  reserve(): number {
    for (let at = 0; at < Mailbox.cells * 3; at += 3)
      if (Atomics.compareExchange(this.#words, at, 0, 1) === 0) return at
    return -1
  }

  fill(at: number, handle: number): void {
    this.#words[at + 1] = handle % 2 ** 20
    this.#words[at + 2] = Math.floor(handle / 2 ** 20)
    Atomics.store(this.#words, at, 2)
  }

  /** A handle, or -1. */
  take(): number {
    for (let at = 0; at < Mailbox.cells * 3; at += 3) {
      if (Atomics.compareExchange(this.#words, at, 2, 1) !== 2) continue
      const handle = (this.#words[at + 1] as number) + (this.#words[at + 2] as number) * 2 ** 20
      Atomics.store(this.#words, at, 0)
      return handle
    }
    return -1
  }

  /** A handle that stays where it is, or one that is half of two: for who wants to try his luck with it. */
  peek(at: number): number {
    const cell = (at % Mailbox.cells) * 3
    return (this.#words[cell + 1] as number) + (this.#words[cell + 2] as number) * 2 ** 20
  }
}
