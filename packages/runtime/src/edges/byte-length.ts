import { AudioBuffer } from '@anabranch/plugin-sdk'

/** The bytes that a value keeps alive, for `max_bytes`: exact for samples and bytes, 2 a character, 8 for the rest. */
export function byteLength(value: unknown): number {
  if (value instanceof AudioBuffer) return value.samples.byteLength
  if (ArrayBuffer.isView(value)) return value.byteLength
  if (typeof value === 'string') return value.length * 2
  if (typeof value !== 'object' || value === null) return 8
  let sum = 0
  for (const part of Object.values(value)) sum += byteLength(part)
  return sum
}
