import type { Clock } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'

/** How often a worker may be lost, and how long to wait before the next one. */
export interface RestartOptions {
  /** Restarts in a window. Default 5. */
  readonly most?: number
  /** Default 60,000. */
  readonly windowMs?: number
  /** Before the first restart; each further one in the window waits twice as long. Default 100. */
  readonly waitMs?: number
  /** Default 10,000. */
  readonly waitMostMs?: number
}

/** What to do after a loss: start anew after `afterMs`; `over` tells that the limit is passed and it is not before then. */
export interface Restart {
  readonly afterMs: number
  readonly losses: number
  readonly over: boolean
}

/** Counts the losses of one worker. `random` spreads the waits of many: 0.75 to 1.25 of each. */
export class Restarts {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #options: Required<RestartOptions>
  #losses: number[] = []

  constructor(clock: Clock, options: RestartOptions = {}, random: () => number = Math.random) {
    this.#clock = clock
    this.#random = random
    this.#options = {
      most: options.most ?? LIMITS.worker_restarts,
      windowMs: options.windowMs ?? LIMITS.worker_restart_window_ms,
      waitMs: options.waitMs ?? LIMITS.worker_restart_wait_ms,
      waitMostMs: options.waitMostMs ?? LIMITS.worker_restart_wait_most_ms,
    }
  }

  get windowMs(): number {
    return this.#options.windowMs
  }

  lost(): Restart {
    const { most, windowMs, waitMs, waitMostMs } = this.#options
    const now = this.#clock.now()
    this.#losses = [...this.#losses.filter((at) => at > now - windowMs), now]
    const losses = this.#losses.length
    if (losses > most) return { afterMs: (this.#losses[0] ?? now) + windowMs - now, losses, over: true }
    const wait = Math.min(waitMostMs, waitMs * 2 ** (losses - 1))
    return { afterMs: wait * (0.75 + this.#random() / 2), losses, over: false }
  }
}
