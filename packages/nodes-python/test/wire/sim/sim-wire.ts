import type { Random } from './random.ts'
import type { SimClock } from './sim-clock.ts'

/** How bad a wire is. */
export interface Faults {
  readonly drop: number
  readonly duplicate: number
  /** Of messages that are late, so that others overtake them. */
  readonly late: number
  readonly delayMs: number
}

/** One direction of a wire: whatever can happen to a message happens, and after `heal` nothing but a delay. */
export class SimWire {
  readonly #clock: SimClock
  readonly #random: Random
  #faults: Faults
  /** While it is cut everything is lost, as with a client that has no connection. */
  cut = false
  sent = 0
  #inOrder = 0

  constructor(clock: SimClock, random: Random, faults: Faults) {
    this.#clock = clock
    this.#random = random
    this.#faults = faults
  }

  heal(): void {
    this.#faults = { drop: 0, duplicate: 0, late: 0, delayMs: 1 }
    this.cut = false
  }

  /** Copies the message at once, as a connection does: its memory is the sender's. */
  send(message: Uint8Array, arrive: (bytes: Uint8Array) => void): void {
    this.sent++
    const bytes = Buffer.from(message)
    const { drop, duplicate } = this.#faults
    if (this.cut || this.#random.chance(drop)) return
    const copies = this.#random.chance(duplicate) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      this.#clock.setTimeout(() => {
        if (!this.cut) arrive(bytes)
      }, this.#delay())
    }
  }

  /** Most messages keep their order, as on a connection. */
  #delay(): number {
    const { late, delayMs } = this.#faults
    const now = this.#clock.now()
    if (this.#random.chance(late)) return this.#random.next() * 400
    this.#inOrder = Math.max(this.#inOrder, now + 0.01 + this.#random.next() * delayMs)
    return this.#inOrder - now
  }
}
