import {
  type AnabranchError,
  AudioFormatError,
  CancelledError,
  type ErrorOptions,
  InvalidInputsError,
  InvalidParamsError,
  isAnabranchError,
  LimitExceededError,
  MarshalingError,
  NativeError,
  NodeExecutionError,
  NodeNotFoundError,
  NotAvailableError,
  PluginError,
  StaleFrameError,
  TimeoutError,
} from '@anabranch/plugin-sdk'

type AnyErrorClass = new (message: string, options?: ErrorOptions) => AnabranchError

/** The codes that native nodes throw. */
const CLASSES = new Map<unknown, AnyErrorClass>(
  [
    AudioFormatError,
    CancelledError,
    InvalidInputsError,
    InvalidParamsError,
    LimitExceededError,
    MarshalingError,
    NativeError,
    NodeExecutionError,
    NodeNotFoundError,
    NotAvailableError,
    PluginError,
    StaleFrameError,
    TimeoutError,
  ].map((each) => [each.code, each as AnyErrorClass]),
)

/**
 * What a door of an addon threw, as a coded error. A door's own errors have the code as `code` and everything else as
 * JSON in the message; anything else (an argument that napi refused) becomes the cause of a NativeError.
 */
export function nativeError(thrown: unknown): AnabranchError {
  if (isAnabranchError(thrown)) return thrown
  const { code, message } = thrown as { code?: unknown; message?: unknown }
  const ErrorOfCode = CLASSES.get(code)
  if (ErrorOfCode === undefined)
    return new NativeError(`the native addon refused a call: ${message ?? thrown}`, { cause: thrown })
  const { message: text, details, ...options } = JSON.parse(String(message))
  return new ErrorOfCode(text, { ...details, ...options })
}
