import { AsyncLocalStorage } from 'node:async_hooks'
import { dateTimestampProvider } from 'rxjs/internal/scheduler/dateTimestampProvider'
import { intervalProvider } from 'rxjs/internal/scheduler/intervalProvider'
import type { Clock } from '../clock.ts'

/** Which virtual clock the work at hand belongs to; it follows promises, so that several tests can run at once. */
const scope = new AsyncLocalStorage<Clock>()

/**
 * Runs something in the time of `clock`, as far as RxJS goes: `debounceTime`, `delay`, `timer` and the like, also after
 * an await. Outside nothing changes. RxJS has a door for this which its own TestScheduler uses too.
 */
export function inVirtualTime<T>(clock: Clock, run: () => T): T {
  openDoor(intervalProvider, (clock) => ({
    setInterval: (handler: () => void, ms?: number) => new VirtualInterval(clock, handler, ms ?? 0) as never,
    clearInterval: (handle: unknown) => {
      if (handle instanceof VirtualInterval) handle.stop()
      else (handle as NodeJS.Timeout | undefined)?.close()
    },
  }))
  openDoor(dateTimestampProvider, (clock) => ({ now: () => clock.now() }))
  return scope.run(clock, run)
}

class VirtualInterval {
  readonly #clock: Clock
  #timer: unknown

  constructor(clock: Clock, handler: () => void, ms: number) {
    this.#clock = clock
    const next = () => {
      this.#timer = clock.setTimeout(() => {
        next()
        handler()
      }, ms)
    }
    next()
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer)
  }
}

const OPENED = Symbol.for('anabranch.testing.rxjs-time')

/** Makes `provider.delegate` answer by scope; what others set there holds wherever no virtual clock does. */
function openDoor<D>(provider: { delegate: D | undefined }, make: (clock: Clock) => D): void {
  if (OPENED in provider) return
  let others = provider.delegate
  Object.defineProperties(provider, {
    [OPENED]: { value: true },
    delegate: {
      get: () => {
        const clock = scope.getStore()
        return clock === undefined ? others : make(clock)
      },
      set: (delegate: D | undefined) => {
        others = delegate
      },
    },
  })
}
