import type { AnabranchError, Values } from '@anabranch/plugin-sdk'
import { codedError, ERROR_TABLE, isErrorCode } from '@anabranch/plugin-sdk/host'

/** The coded error of an error packet. Only the fields of its row are taken over; a code that is not known is a PythonError. */
export function remoteError(values: Values): AnabranchError {
  const code = isErrorCode(values.code) ? values.code : 'ANB_PYTHON'
  const given = (typeof values.fields === 'object' && values.fields !== null ? values.fields : {}) as Values
  const names: readonly string[] = ERROR_TABLE[code].fields
  const fields = Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  )
  return codedError(code, typeof values.message === 'string' ? values.message : 'no message', {
    ...fields,
    ...(typeof values.retryable === 'boolean' ? { retryable: values.retryable } : {}),
    ...(typeof values.fix === 'string' ? { fix: values.fix } : {}),
  })
}
