import type { SampleArray } from '@anabranch/plugin-sdk'
import { DTYPES, type Dtype } from './call-block.ts'

const ARRAYS = { u8: Uint8Array, i16: Int16Array, i32: Int32Array, f32: Float32Array, f64: Float64Array } as const

const [F32, I16] = [DTYPES.indexOf('f32'), DTYPES.indexOf('i16')]

/** The number of a typed array's type in a call block, or −1. */
export function dtypeOf(samples: unknown): number {
  // The hot cases: audio is always f32, and what comes from files and microphones mostly i16.
  if (samples instanceof Float32Array) return F32
  if (samples instanceof Int16Array) return I16
  return DTYPES.findIndex((dtype) => samples instanceof ARRAYS[dtype])
}

/** Bytes of one sample. */
export function sizeOf(dtype: Dtype): number {
  return ARRAYS[dtype].BYTES_PER_ELEMENT
}

/** A view of `count` samples at the start of `bytes`; a copy where they are not aligned for it. */
export function samplesIn(bytes: Uint8Array, dtype: Dtype, count: number): SampleArray {
  const View = ARRAYS[dtype]
  const length = count * View.BYTES_PER_ELEMENT
  const aligned = bytes.byteOffset % View.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice(0, length)
  return new View(aligned.buffer as ArrayBuffer, aligned.byteOffset, count)
}

/** The memory of a view as bytes. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}
