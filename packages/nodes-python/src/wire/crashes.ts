import { type AnabranchError, type Values, WorkerLostError } from '@anabranch/plugin-sdk'
import type { Call } from './call.ts'

/** An input that was under way when a worker ended, so often, is not tried again. */
const MOST = 2

/** Which inputs were under way when workers ended: by their record, which is the same at every attempt. */
export class Crashes {
  readonly #node: string
  readonly #counts = new WeakMap<Values, number>()

  constructor(node: string) {
    this.#node = node
  }

  /** How often. */
  of(values: Values): number {
    return this.#counts.get(values) ?? 0
  }

  /** Counts one crash for each input under way, however many calls were for it. */
  add(calls: readonly Call[]): void {
    const inputs = new Set(calls.filter(({ counted }) => counted).map(({ values }) => values))
    for (const values of inputs) this.#counts.set(values, this.of(values) + 1)
  }

  /** Why an input is not tried again; null where it may be. */
  refusal(values: Values, cause?: Error): AnabranchError | null {
    if (this.of(values) < MOST) return null
    return new WorkerLostError(`workers of node "${this.#node}" ended ${MOST} times while they had this input`, {
      retryable: false,
      cause,
      fix: 'see the last lines of the worker in its cause or in the log; the input is not tried again',
    })
  }
}
