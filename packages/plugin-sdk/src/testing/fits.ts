import { AudioBuffer } from '../audio-buffer.ts'
import type { Port } from '../ports.ts'
import type { PcmBuffer, Tensor } from '../values.ts'

/** Whether a value is of the kind that a port declares, and matches its schema where it has one that answers at once. */
export function fits(port: Port, value: unknown): boolean {
  switch (port.kind as string) {
    case 'audio':
      return value instanceof AudioBuffer
    case 'text':
      return typeof value === 'string'
    case 'number':
      return typeof value === 'number'
    case 'bytes':
      return value instanceof Uint8Array
    case 'pcm':
      return ArrayBuffer.isView((value as PcmBuffer | null)?.samples)
    case 'tensor':
      return isTensor(value as Tensor | null)
    case 'json':
      return isJson(port, value)
    default:
      return true // A kind of somebody else's says nothing of its values.
  }
}

function isTensor(value: Tensor | null): boolean {
  if (!ArrayBuffer.isView(value?.data) || !Array.isArray(value.shape)) return false
  return value.shape.reduce((product: number, size: number) => product * size, 1) === value.data.length
}

function isJson(port: Port, value: unknown): boolean {
  const result = port.schema?.['~standard'].validate(value)
  return result === undefined || 'then' in result || result.issues === undefined
}
