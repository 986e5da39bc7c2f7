import { type AnabranchError, isAnabranchError, NativeError } from '@anabranch/plugin-sdk'
import { codedError, isErrorCode } from '@anabranch/plugin-sdk/host'

/**
 * What a door of an addon threw, as a coded error. A door's own errors have the code as `code` and everything else as
 * JSON in the message; anything else (an argument that napi refused) becomes the cause of a NativeError.
 */
export function nativeError(thrown: unknown): AnabranchError {
  if (isAnabranchError(thrown)) return thrown
  const { code, message } = thrown as { code?: unknown; message?: unknown }
  if (!isErrorCode(code))
    return new NativeError(`the native addon refused a call: ${message ?? thrown}`, { cause: thrown })
  const { message: text, details, ...options } = JSON.parse(String(message))
  return codedError(code, text, { ...details, ...options })
}
