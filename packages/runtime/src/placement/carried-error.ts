import { type ErrorCode, isAnabranchError } from '@anabranch/plugin-sdk'
import { codedError } from '@anabranch/plugin-sdk/host'

/** What a node threw, on its way to another thread. */
export interface CarriedError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  /** Of a coded error: its code and all it says beside its message. */
  readonly code?: ErrorCode
  readonly fields?: Readonly<Record<string, unknown>>
  readonly cause?: CarriedError
  /** What was thrown was no error, but this; in words where it cannot be carried. */
  readonly thrown?: unknown
}

const CAUSES = 8
const OWN = new Set(['name', 'message', 'stack', 'cause', 'code'])

/** Never throws, whatever it is given. */
export function carryError(thrown: unknown, causes = CAUSES): CarriedError {
  try {
    if (!(thrown instanceof Error))
      return { name: '', message: '', thrown: cloneable(thrown) ? thrown : String(thrown) }
    const { name, message, stack, cause } = thrown
    const coded = isAnabranchError(thrown)
    const fields = Object.entries(thrown).filter(([key, value]) => !OWN.has(key) && cloneable(value))
    return {
      name: String(name),
      message: String(message),
      ...(typeof stack === 'string' && { stack }),
      ...(coded && { code: thrown.code }),
      ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
      ...(cause !== undefined && causes > 0 && { cause: carryError(cause, causes - 1) }),
    }
  } catch {
    return { name: 'Error', message: 'something was thrown that cannot be read' }
  }
}

/** The same error here: of its own class where it is coded, else an Error that looks like it. */
export function errorOf(carried: CarriedError): unknown {
  if ('thrown' in carried) return carried.thrown
  const { name, message, stack, code, fields = {}, cause } = carried
  const options = cause === undefined ? {} : { cause: errorOf(cause) }
  const error = code === undefined ? new Error(message, options) : codedError(code, message, { ...fields, ...options })
  if (code === undefined) {
    Object.assign(error, fields)
    if (name !== 'Error') Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true })
  }
  if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
  return error
}

function cloneable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol'
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
