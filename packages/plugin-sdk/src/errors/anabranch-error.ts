import { ERROR_TABLE } from '../contract/error-table.ts'
import type { ErrorFields } from './fields.ts'

/** Survives two installed copies of the package: `instanceof` asks for this mark, not for the class. */
const MARK = Symbol.for('anabranch.error')

export type ErrorCode = keyof typeof ERROR_TABLE

/** What every coded error takes beside its own fields. */
export interface ErrorOptions {
  readonly cause?: unknown
  /** Overrides what contract/errors.json says of this code. */
  readonly retryable?: boolean
  /** The id of the node in its graph. Filled in by the runner, which alone knows it. */
  readonly nodeId?: string
  /** What to do about it, in one sentence. */
  readonly fix?: string
}

/** One coded error. Narrow by `code`: `error.code === 'ANB_CYCLE'` gives `error.nodes`. */
export type AnabranchError<C extends ErrorCode = ErrorCode> = {
  [K in C]: Error &
    ErrorFields[K] & { readonly code: K; readonly retryable: boolean; readonly nodeId?: string; readonly fix?: string }
}[C]

export interface ErrorClass<C extends ErrorCode> {
  new (message: string, options?: ErrorOptions & Partial<ErrorFields[C]>): AnabranchError<C>
  readonly code: C
}

/** Whether a value is a coded error, of whichever copy of this package. */
export function isAnabranchError(error: unknown): error is AnabranchError {
  return typeof error === 'object' && error !== null && MARK in error
}

/** Makes the class of one code. Fields that a thrower leaves out get their empty form, so that readers need no guards. */
export function errorClass<C extends ErrorCode>(code: C, empty: ErrorFields[C]): ErrorClass<C> {
  const row = ERROR_TABLE[code]
  const made = {
    [row.class]: class extends Error {
      static readonly code = code
      readonly code = code
      readonly retryable: boolean
      readonly [MARK] = true

      constructor(message: string, options: ErrorOptions & Partial<ErrorFields[C]> = {}) {
        const { cause, retryable, ...fields } = options
        super(message, cause === undefined ? undefined : { cause })
        this.name = row.class
        this.retryable = retryable ?? row.retryable
        Object.assign(this, empty, fields)
      }

      static override [Symbol.hasInstance](value: unknown): boolean {
        // biome-ignore lint/complexity/noThisInStatic: `this` may be a subclass of somebody else's
        return isInstance(value, code, made, this)
      }
    },
  }[row.class]
  return made as unknown as ErrorClass<C>
}

/** By mark and code; a subclass is narrower than its code, so it is asked the ordinary way. */
function isInstance(value: unknown, code: ErrorCode, made: unknown, asked: unknown): boolean {
  if (asked !== made) return Function.prototype[Symbol.hasInstance].call(asked, value)
  return isAnabranchError(value) && value.code === code
}

/** The same error with the node's id, where it has none yet. The object is kept, so that `cause` chains and identity hold. */
export function withNodeId<E extends AnabranchError>(error: E, nodeId: string): E {
  if (error.nodeId === undefined) Object.defineProperty(error, 'nodeId', { value: nodeId, enumerable: true })
  return error
}
