import { ERROR_TABLE } from '../contract/error-table.ts'
import type { AnabranchError, ErrorClass, ErrorCode } from './anabranch-error.ts'
import * as classes from './classes.ts'

/** Whether a value is the code of a coded error. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_TABLE, code)
}

/** The error of a code, of its own class: for what comes from another thread, process or language. */
export function codedError(code: ErrorCode, message: string, options: object): AnabranchError {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: the table names every class, and all of them may come
  const type = classes[ERROR_TABLE[code].class] as ErrorClass<ErrorCode>
  return new type(message, options)
}
