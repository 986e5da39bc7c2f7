import { CancelledError, LimitExceededError } from '@anabranch/plugin-sdk'
import type { OptionsOf } from '../../check-options.ts'
import type { NodeSettings } from '../../graph/node-settings.ts'
import type { Engine } from '../engine.ts'
import { SourceRunner } from './source-runner.ts'

const NOW = Promise.resolve()
/** Sends that may wait for room at once; a caller that does not await them is told. */
const MAX_WAITING = 1024

/** What `send` may say of an item. */
export interface SendOptions {
  /** Media time, µs. */
  readonly pts?: number
  /** Monotonic ms after which nobody wants it. */
  readonly deadline?: number
  /** Passes interruptions. */
  readonly survive?: boolean
  /** W3C traceparent: of whom it is a part. Default: of the session, where that is traced. */
  readonly trace?: string
}

export const SEND_OPTIONS: OptionsOf<SendOptions> = { pts: true, deadline: true, survive: true, trace: true }

interface Waiting {
  readonly record: object
  readonly at: SendOptions
  resolve(): void
  reject(error: Error): void
}

/** The pipeline's declared inputs: the source that `session.send` feeds. */
export class EntryRunner extends SourceRunner {
  #waiting: Waiting[] = []
  #ending = false

  constructor(engine: Engine, settings: NodeSettings) {
    super(engine, settings, {})
  }

  /** Accepts at once where there is room and nobody waits already. */
  trySend(record: object, at: SendOptions): boolean {
    if (this.state !== 'open' || this.#ending || this.#waiting.length > 0 || !this.room()) return false
    this.accept(record, at)
    return true
  }

  /** Resolves when the item is accepted: at once, with one shared promise, while there is room. */
  send(record: object, at: SendOptions): Promise<void> {
    if (this.trySend(record, at)) return NOW
    if (this.state !== 'open' || this.#ending) return Promise.reject(this.#refusal())
    if (this.engine.stall !== null) return Promise.reject(this.engine.stall)
    if (this.#waiting.length >= MAX_WAITING)
      return Promise.reject(
        new LimitExceededError(`${MAX_WAITING} sends wait for room already`, {
          limit: 'in_flight',
          fix: 'await each send()',
        }),
      )
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, at, resolve, reject })
    })
  }

  /** No more sends; what waits is still accepted. */
  end(): void {
    this.#ending = true
    this.engine.wake(this)
  }

  override step(): void {
    this.sweep()
    while (this.state === 'open' && this.#waiting.length > 0 && this.room()) {
      const { record, at, resolve, reject } = this.#waiting.shift() as Waiting
      try {
        this.accept(record, at)
        resolve()
      } catch (error) {
        reject(error as Error)
      }
    }
    if (this.#ending && this.#waiting.length === 0) this.stop('closed')
  }

  override awaitsUser(): boolean {
    return !this.#ending && this.#waiting.length === 0 && this.room()
  }

  protected override quit(): void {
    this.refuseWaiting(this.#refusal())
  }

  /** Nobody knows when there will be room. */
  refuseWaiting(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  #refusal(): Error {
    const [first] = this.engine.errors
    return (
      first ??
      new CancelledError(this.#ending ? 'the session has ended' : 'nothing reads the inputs of this session any more', {
        fix: 'open another session',
      })
    )
  }
}
