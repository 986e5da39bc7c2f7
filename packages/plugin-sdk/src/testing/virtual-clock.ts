import { type Clock, turn } from '../clock.ts'
import { LimitExceededError } from '../errors/classes.ts'

/** A clock that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Goes on by `ms`, firing what falls due in order; between two timers everything that waits for none runs. */
  advance(ms: number): Promise<void>
  /** Timers that wait. */
  readonly pending: number
  /** When the next timer is due, in ms of this clock. */
  readonly next: number | undefined
}

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** More than this in one `advance` is a loop, not a test. */
const MAX_FIRED = 100_000

/** A `Clock` for tests, from 0 ms. */
export function virtualClock(): VirtualClock {
  const timers = new Set<Timer>()
  let now = 0
  let advancing: Promise<void> = Promise.resolve()

  const first = () => {
    let found: Timer | undefined
    for (const timer of timers) if (found === undefined || timer.at < found.at) found = timer
    return found
  }
  const advance = async (ms: number) => {
    const end = now + Math.max(0, ms)
    for (let fired = 0; ; fired++) {
      await turn()
      const timer = first()
      if (timer === undefined || timer.at > end) break
      if (fired === MAX_FIRED)
        throw new LimitExceededError(`${MAX_FIRED} timers fired in one advance(${ms})`, { limit: 'timers' })
      timers.delete(timer)
      now = Math.max(now, timer.at)
      timer.run()
    }
    now = end
  }
  return {
    now: () => now,
    setTimeout: (run, ms) => {
      const timer = { at: now + Math.max(0, ms || 0), run }
      timers.add(timer)
      return timer
    },
    clearTimeout: (handle) => {
      timers.delete(handle as Timer)
    },
    advance(ms) {
      const done = advancing.then(() => advance(ms))
      advancing = done.catch(() => undefined)
      return done
    },
    get pending() {
      return timers.size
    },
    get next() {
      return first()?.at
    },
  }
}
