const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/**
 * What being told to stop does: the first signal drains, the second one gives up what is under way, the third leaves.
 * Signals that come before there is something to stop are kept for it.
 */
export class Interrupts {
  #count = 0
  #code = 0
  #drain: (() => void) | undefined
  #giveUp: (() => void) | undefined
  readonly #tell: (count: number) => void

  constructor(tell: (count: number) => void) {
    this.#tell = tell
    for (const [name, code] of Object.entries(CODES)) process.on(name, () => this.#take(code))
  }

  /** The exit code that the first signal asks for; 0 where there was none. */
  get code(): number {
    return this.#code
  }

  /** Replaces what the first and the second signal do; does at once what was asked for before. */
  use(drain: () => void, giveUp: () => void): void {
    this.#drain = drain
    this.#giveUp = giveUp
    if (this.#count > 0) drain()
    if (this.#count > 1) giveUp()
  }

  #take(code: number): void {
    this.#count += 1
    if (this.#count === 1) this.#code = code
    if (this.#count > 2) process.exit(this.#code)
    this.#tell(this.#count)
    if (this.#count === 1) this.#drain?.()
    else this.#giveUp?.()
  }
}
