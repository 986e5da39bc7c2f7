import { LIMITS, nodeError } from '@anabranch/plugin-sdk/host'
import { CHANNELS } from '../../telemetry/channels.ts'

interface Restarting {
  readonly id: string
  readonly engine: { readonly sessionId: string; readonly clock: { now(): number } }
}

/** Counts how often something was made anew: `operator_restarts` times in `operator_restart_window_ms`, then no more. */
export class Restarts {
  #times: number[] = []

  /** Whether `node` may be made anew after `thrown`; says so on the channel. */
  allowed({ id, engine }: Restarting, thrown: unknown): boolean {
    const now = engine.clock.now()
    this.#times = this.#times.filter((at) => now - at < LIMITS.operator_restart_window_ms)
    this.#times.push(now)
    if (this.#times.length > LIMITS.operator_restarts) return false
    if (CHANNELS.operatorRestart.hasSubscribers)
      CHANNELS.operatorRestart.publish({ sessionId: engine.sessionId, nodeId: id, error: nodeError(thrown, id) })
    return true
  }
}
