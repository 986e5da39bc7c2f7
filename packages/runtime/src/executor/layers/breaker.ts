import { type AnabranchError, CircuitOpenError, type Clock, type NodeContext } from '@anabranch/plugin-sdk'
import { isPlain, type Layer, watch } from './layer.ts'

export type BreakerState = 'closed' | 'open' | 'probing'

export interface BreakerLimits {
  /** Consecutive failures, after retries, that open it. */
  readonly failures: number
  readonly cooldownMs: number
}

/** Errors that say nothing about the health of the node. */
const NEVER_COUNTED: ReadonlySet<string> = new Set(['ANB_INPUTS', 'ANB_AUDIO_FORMAT', 'ANB_CANCELLED'])

/**
 * The state of one node's breaker, which outlives sessions.
 *
 *     closed ──(n failures)──► open ──(cool-down)──► probing ──(ok)──► closed
 *                               ▲──────(failure)────────┘
 *
 * A probe that does not answer within another cool-down is followed by the next one.
 */
export class Breaker {
  #state: BreakerState = 'closed'
  #failures = 0
  #openedAt = 0
  /** The last loss of a worker: everything that it had under way fails with one error, which is one failure. */
  #loss: AnabranchError | null = null
  readonly #limits: BreakerLimits
  readonly #clock: Clock
  readonly #changed: (state: BreakerState) => void

  /** `changed` is told each new state. */
  constructor(limits: BreakerLimits, clock: Clock, changed: (state: BreakerState) => void = () => undefined) {
    this.#limits = limits
    this.#clock = clock
    this.#changed = changed
  }

  get state(): BreakerState {
    return this.#state
  }

  /** @throws CircuitOpenError while it is open, and for all but one call while it probes. */
  enter(context: NodeContext): void {
    if (this.#state === 'closed') return
    const { nodeId } = context
    const left = this.#openedAt + this.#limits.cooldownMs - this.#clock.now()
    if (left > 0)
      throw new CircuitOpenError(`the breaker of node "${nodeId}" is open after ${this.#failures} failures in a row`, {
        nodeId,
        fix: `${this.#state === 'probing' ? 'a probe is under way' : `it probes again in ${Math.ceil(left)} ms`}; see the node's errors for the cause`,
      })
    this.#become('probing')
    this.#openedAt = this.#clock.now()
  }

  /** Closed, with no failure since the last success: nothing to ask and nothing to reset. */
  get healthy(): boolean {
    return this.#failures === 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#become('closed')
  }

  /** A call that began while nobody asked the breaker ended well: it ends a row of failures, but closes no open breaker. */
  answered(): void {
    if (this.#state === 'closed') this.#failures = 0
  }

  /** An input set failed, after its retries. Interrupted ones are never told. */
  failed(error: AnabranchError): void {
    if (error.code === 'ANB_CIRCUIT_OPEN') return
    if (NEVER_COUNTED.has(error.code)) {
      // Of a probe it leaves the question open.
      if (this.#state === 'probing') this.#become('open')
      return
    }
    if (error.code === 'ANB_WORKER_LOST') {
      if (error === this.#loss) return
      this.#loss = error
    }
    this.#failures++
    if (this.#state === 'closed' && this.#failures < this.#limits.failures) return
    this.#become('open')
    this.#openedAt = this.#clock.now()
  }

  #become(state: BreakerState): void {
    if (state === this.#state) return
    this.#state = state
    this.#changed(state)
  }
}

/** Refuses calls while the node's breaker is open, and tells it of successes. Failures it is told where they are counted. */
export function breaker(state: Breaker): Layer {
  return (execute) => (inputs, context) => {
    state.enter(context)
    const result = execute(inputs, context)
    if (!isPlain(result))
      return watch(
        result,
        () => state.succeeded(),
        () => undefined,
      )
    state.succeeded()
    return result
  }
}
