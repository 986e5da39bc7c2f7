import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock } from '@anabranch/plugin-sdk/host'

/** How often the loop of this thread is looked at, ms. */
const TURN_MS = 5

/** A moment, as `WorkTime` knows it. */
export interface WorkMoment {
  readonly wall: number
  readonly turns: number
  readonly cpu: number
}

/**
 * Time in which this thread could have done something: the turns of its loop, where it waited, and the processor time of
 * its process, where it worked. While a busy machine keeps the process waiting it has neither, and no node is to blame.
 */
export class WorkTime {
  readonly #loop = monitorEventLoopDelay({ resolution: TURN_MS })

  constructor() {
    this.#loop.enable()
  }

  stop(): void {
    this.#loop.disable()
  }

  now(): WorkMoment {
    const { user, system } = process.cpuUsage()
    return { wall: systemClock.now(), turns: this.#loop.count, cpu: (user + system) / 1000 }
  }

  /** ms */
  since(then: WorkMoment): number {
    const now = this.now()
    return Math.min(now.wall - then.wall, (now.turns - then.turns) * TURN_MS + now.cpu - then.cpu)
  }
}
