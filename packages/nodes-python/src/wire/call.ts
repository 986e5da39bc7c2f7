import type { Values } from '@anabranch/plugin-sdk'
import type { Ticket } from './outbox.ts'
import { KIND, type Kind } from './packet.ts'

/** Who waits for the answers of a call. `done` or `failed` is the last word. */
export interface Answers {
  /** `pts`: its media time in µs. */
  output(values: Values, pts: number): void
  done(values: Values): void
  failed(error: unknown): void
}

export interface CallOptions {
  readonly pts?: number
  readonly epoch?: number
  readonly attempt?: number
  /** Marks of the packet. */
  readonly flags?: number
  readonly signal?: AbortSignal
}

/** One packet that the worker is to answer. */
export class Call {
  readonly kind: Kind
  readonly values: Values
  readonly pts: number
  readonly epoch: number
  readonly attempt: number
  readonly flags: number
  /** It was at work when a worker ended: nothing else goes along with it. */
  readonly alone: boolean
  /** Null while it waits for room in the window. */
  ticket: Ticket | null = null
  /** Outputs that came, and those that their reader took. */
  given = 0
  taken = 0
  /** The credit that waits to be sent. */
  credit: Ticket | null = null
  /** Its time was up: this is its error, once the worker has given it up. */
  expired: Error | null = null
  readonly #answers: Answers
  #forget: () => void = () => undefined
  #settled = false

  constructor(kind: Kind, values: Values, options: CallOptions, alone: boolean, answers: Answers) {
    this.kind = kind
    this.values = values
    this.pts = options.pts ?? 0
    this.epoch = options.epoch ?? 0
    this.attempt = options.attempt ?? 1
    this.flags = options.flags ?? 0
    this.alone = alone
    this.#answers = answers
  }

  /** The number that answers name; 0 until it was sent. */
  get seq(): number {
    return this.ticket?.seq ?? 0
  }

  /** Nobody wants its answers any more. */
  get settled(): boolean {
    return this.#settled || this.expired !== null
  }

  /** What opens, closes or steers the node needs no room in the window. */
  get counted(): boolean {
    return this.kind === KIND.data
  }

  /** Called once, when it is settled. */
  onSettled(forget: () => void): void {
    this.#forget = forget
  }

  output(values: Values, pts: number): void {
    this.given++
    if (!this.#settled && this.expired === null) this.#answers.output(values, pts)
  }

  done(values: Values): void {
    if (this.expired !== null) this.fail(this.expired)
    else if (this.#settle()) this.#answers.done(values)
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#answers.failed(this.expired ?? error)
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#forget()
    return true
  }
}

/** What an answer without values has. */
export const NO_VALUES: Values = {}

/** For who wants the first output alone, or the values that the last answer has without one. */
export function firstOutput(resolve: (values: Values | undefined) => void, reject: (error: unknown) => void): Answers {
  let first: Values | undefined
  return {
    output: (values) => {
      first ??= values
    },
    done: (last) => resolve(first ?? (last === NO_VALUES ? undefined : last)),
    failed: reject,
  }
}
