import type { AnabranchError, ErrorClass, ErrorCode, Values } from '@anabranch/plugin-sdk'
import * as sdk from '@anabranch/plugin-sdk'
import { ERROR_TABLE } from '@anabranch/plugin-sdk/host'

/** The coded error of an error packet. Only the fields of its row are taken over; a code that is not known is a PythonError. */
export function remoteError(values: Values): AnabranchError {
  const code = (typeof values.code === 'string' && values.code in ERROR_TABLE ? values.code : 'ANB_PYTHON') as ErrorCode
  const row = ERROR_TABLE[code]
  const given = (typeof values.fields === 'object' && values.fields !== null ? values.fields : {}) as Values
  const fields = Object.fromEntries(
    row.fields.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  )
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: the table names every class, and all of them may come
  const type = sdk[row.class] as ErrorClass<ErrorCode>
  return new type(typeof values.message === 'string' ? values.message : 'no message', {
    ...fields,
    ...(typeof values.retryable === 'boolean' ? { retryable: values.retryable } : {}),
    ...(typeof values.fix === 'string' ? { fix: values.fix } : {}),
  })
}
