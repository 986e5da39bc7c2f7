import type { Clock } from '@anabranch/plugin-sdk'

/** The longest time that a timer can wait, ms. */
export const LONGEST_MS = 2 ** 31 - 1

/** Resolves after `ms` of the clock, or at once when the signal aborts; then no timer is left. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = clock.setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
