/** So many calls are measured before it is chosen. */
const CALLS = 50
/** A hand-over to another thread costs some 60 µs of work, there and back with the turn that takes the result. */
const WORTH_US = 200

/**
 * Whether the calls of a node are made on a thread of the pool: where its place in the pipeline says so, else once its
 * first calls have shown that it is worth it. It is chosen once.
 */
export class ThreadChoice {
  #chosen: boolean | null = null
  #spent: number[] | null = []

  /** Whether it is still to be seen: the next call is to be timed. */
  get open(): boolean {
    return this.#spent !== null
  }

  get onThread(): boolean {
    return this.#chosen === true
  }

  /** What the pipeline says; undefined leaves it to the first calls. */
  place(where: 'inline' | 'thread' | undefined): void {
    if (where !== undefined) this.#choose(where === 'thread')
  }

  /** How long a call took, µs; not a number where it was not timed. */
  measured(spentUs: number): void {
    const spent = this.#spent
    if (spent === null || Number.isNaN(spentUs)) return
    spent.push(spentUs)
    if (spent.length < CALLS) return
    spent.sort((a, b) => a - b)
    this.#choose((spent[CALLS >> 1] as number) >= WORTH_US)
  }

  #choose(onThread: boolean): void {
    this.#chosen = onThread
    this.#spent = null
  }
}
