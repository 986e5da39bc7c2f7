import { type AnabranchError, AudioBuffer, type Values } from '@anabranch/plugin-sdk'
import { codedError, ERROR_TABLE, isErrorCode } from '@anabranch/plugin-sdk/host'
import { placed } from './late-audio.ts'

/** The coded error of an error packet. Only the fields of its row are taken over; a code that is not known is a PythonError. */
export function remoteError(values: Values): AnabranchError {
  const code = isErrorCode(values.code) ? values.code : 'ANB_PYTHON'
  const told = (typeof values.fields === 'object' && values.fields !== null ? values.fields : {}) as Values
  const given = placed(told, inOwnMemory)
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

const inOwnMemory = (length: number, sampleRate: number, channels: number) =>
  new AudioBuffer(new Float32Array(length * channels), sampleRate, channels)
