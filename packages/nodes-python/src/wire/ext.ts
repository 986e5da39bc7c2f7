import { Buffer } from 'node:buffer'
import { AudioBuffer, MarshalingError } from '@anabranch/plugin-sdk'

/**
 * Typed arrays on the wire are raw little-endian bytes under an ext code; audio and arrays with a shape have a header.
 *
 *     audio    0x1b: u32 rate, u32 channels, then float32 samples, interleaved
 *     ndarray  0x1a: u8 ext code of the items, u8 dimensions, u16 zero, one u32 for each dimension, then the items
 */
export const EXT_NDARRAY = 0x1a
export const EXT_AUDIO = 0x1b
const FIRST = 0x10

/** In the order of their codes from 0x10. */
const ARRAYS = [
  Uint8Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Float32Array,
  Float64Array,
  Uint16Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
] as const

const CODES: ReadonlyMap<string | undefined, number> = new Map(ARRAYS.map(({ name }, index) => [name, FIRST + index]))

/** The name of its type, whatever it is made to look like; undefined for a DataView. */
function nameOf(array: ArrayBufferView): string | undefined {
  return Reflect.apply(readName, array, [])
}
const readName = Reflect.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
  ?.get as () => string | undefined

export type TypedArray = InstanceType<(typeof ARRAYS)[number]>

export const isExtCode = (code: number): boolean => code >= FIRST && code <= EXT_AUDIO

/** The ext code of a typed array, or 0 for another view. */
export const codeOfArray = (array: ArrayBufferView): number => CODES.get(nameOf(array)) ?? 0

/** The bytes of a view, without a copy. */
export const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** What stands before the samples of audio. */
export function audioHeader(sampleRate: number, channels: number): Uint8Array {
  const header = Buffer.allocUnsafe(8)
  header.writeUInt32LE(sampleRate, 0)
  header.writeUInt32LE(channels, 4)
  return header
}

/** What stands before the items of an array with a shape; `code` is that of its items. */
export function ndarrayHeader(code: number, shape: readonly number[]): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header[0] = code
  header[1] = shape.length
  shape.forEach((size, index) => {
    header.writeUInt32LE(size, 4 + 4 * index)
  })
  return header
}

/** Makes the value of an ext code and its payload. */
export type ExtDecoder = (code: number, data: Uint8Array) => unknown

/** An ext value; its samples are copied once, into aligned memory of their own. */
export function decodeExt(code: number, data: Uint8Array): unknown {
  if (code === EXT_AUDIO) return decodeAudio(data)
  if (code === EXT_NDARRAY) return decodeNdarray(data)
  return decodeArray(code, data)
}

function decodeArray(code: number, data: Uint8Array): TypedArray {
  const type = ARRAYS[code - FIRST]
  if (type === undefined) throw new MarshalingError(`${hex(code)} is no type of array`)
  if (data.byteLength % type.BYTES_PER_ELEMENT !== 0)
    throw new MarshalingError(`${data.byteLength} bytes do not divide into the items of ${type.name}`)
  return new type(new Uint8Array(data).buffer)
}

/** What stands before the samples of audio. @throws MarshalingError where it is not there */
export function readAudioHeader(data: Uint8Array): { readonly sampleRate: number; readonly channels: number } {
  if (data.byteLength < 8) throw new MarshalingError(`audio of ${data.byteLength} bytes; its header alone has 8`)
  const header = new DataView(data.buffer, data.byteOffset, 8)
  return { sampleRate: header.getUint32(0, true), channels: header.getUint32(4, true) }
}

function decodeAudio(data: Uint8Array): AudioBuffer {
  const { sampleRate, channels } = readAudioHeader(data)
  return new AudioBuffer(decodeArray(0x14, data.subarray(8)) as Float32Array, sampleRate, channels)
}

function decodeNdarray(data: Uint8Array): { readonly data: TypedArray; readonly shape: readonly number[] } {
  const dimensions = data[1] ?? 0
  const start = 4 + 4 * dimensions
  if (data.byteLength < start) throw new MarshalingError(`an array of ${data.byteLength} bytes has no whole header`)
  const header = new DataView(data.buffer, data.byteOffset, start)
  const shape = Array.from({ length: dimensions }, (_, index) => header.getUint32(4 + 4 * index, true))
  const items = decodeArray(data[0] ?? 0, data.subarray(start))
  if (shape.reduce((product, size) => product * size, 1) !== items.length)
    throw new MarshalingError(`an array of shape ${shape.join('×')} with ${items.length} items`)
  return { data: items, shape }
}

const hex = (byte: number) => `0x${byte.toString(16).padStart(2, '0')}`
