import type { Clock } from '@anabranch/plugin-sdk'

/** Virtual time as a queue of events; nothing in it is a promise, so that a run of seconds takes milliseconds. */
export class SimClock implements Clock {
  #now = 0
  #order = 0
  readonly #events: { readonly at: number; readonly order: number; run: (() => void) | null }[] = []
  pending = 0

  now(): number {
    return this.#now
  }

  setTimeout(run: () => void, ms: number): unknown {
    const event = { at: this.#now + ms, order: this.#order++, run }
    this.pending++
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#events[middle]?.at ?? 0) <= event.at) low = middle + 1
      else high = middle
    }
    this.#events.splice(low, 0, event)
    return event
  }

  clearTimeout(handle: unknown): void {
    const event = handle as { run: (() => void) | null } | undefined
    if (event === undefined || event.run === null) return
    event.run = null
    this.pending--
  }

  /** Runs the next event; false where there is none. */
  step(): boolean {
    for (;;) {
      const event = this.#events.shift()
      if (event === undefined) return false
      if (event.run === null) continue
      this.#now = event.at
      const { run } = event
      event.run = null
      this.pending--
      run()
      return true
    }
  }
}
