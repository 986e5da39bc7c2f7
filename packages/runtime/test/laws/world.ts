import type { Clock } from '@anabranch/plugin-sdk'
import type { Scheduler } from '@anabranch/runtime'

/** What a random run is made of beside the graph: its promises, timers and turns, all driven by a seed. */
export interface World {
  readonly random: () => number
  readonly clock: Clock
  readonly scheduler: Scheduler
  /** A promise that the driver resolves some time. */
  later<T>(make: () => T): Promise<T>
  /** Lets one promise or timer go on, or one turn run; false where there is none. */
  next(): Promise<boolean>
}

export function makeWorld(random: () => number): World {
  const promises: (() => void)[] = []
  const turns: (() => void)[] = []
  const timers = new Map<number, { readonly at: number; readonly run: () => void }>()
  let now = 0
  let handles = 0
  const world: World = {
    random,
    clock: {
      now: () => now,
      setTimeout: (run, ms) => {
        timers.set(++handles, { at: now + ms, run })
        return handles
      },
      clearTimeout: (handle) => timers.delete(handle as number),
    },
    scheduler: { soon: (run) => turns.push(run), later: (run) => turns.push(run) },
    later: (make) =>
      new Promise((resolve, reject) => {
        promises.push(() => {
          try {
            resolve(make())
          } catch (error) {
            reject(error)
          }
        })
      }),
    async next() {
      await new Promise(setImmediate)
      const turn = turns.shift()
      if (turn !== undefined) {
        turn()
        return true
      }
      if (promises.length > 0 && (timers.size === 0 || random() < 0.8)) {
        const [resolve] = promises.splice(Math.floor(random() * promises.length), 1) as [() => void]
        resolve()
        return true
      }
      const [first] = [...timers].sort(([, a], [, b]) => a.at - b.at)
      if (first === undefined) return false
      const [handle, { at, run }] = first
      timers.delete(handle)
      now = Math.max(now, at)
      run()
      return true
    },
  }
  return world
}
