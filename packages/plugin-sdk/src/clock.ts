/** The one source of time. Everything that waits or measures takes it as an option, so that tests can drive it. */
export interface Clock {
  /** Monotonic milliseconds, with fractions. */
  now(): number
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

/** Real time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
}

/** Resolves once everything that waits for no timer has run: all microtasks, and those that they start. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
