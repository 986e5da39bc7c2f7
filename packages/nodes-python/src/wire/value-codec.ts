import { Buffer } from 'node:buffer'
import { LimitExceededError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { decodeOne } from './decode.ts'
import { encodeOne } from './encode.ts'

/** One value as msgpack, in the forms of the wire format. @throws MarshalingError or LimitExceededError */
export function encodeValue(value: unknown): Uint8Array {
  const bytes = encodeOne(value)
  refuseLarge(bytes.length)
  return bytes
}

/** One value out of bytes that nobody vouches for. @throws MarshalingError or LimitExceededError; nothing else */
export function decodeValue(data: Uint8Array): unknown {
  refuseLarge(data.byteLength)
  return plainBytes(decodeOne(data))
}

function refuseLarge(bytes: number): void {
  if (bytes > LIMITS.wire_message_bytes)
    throw new LimitExceededError(`a message of ${bytes} bytes; at most ${LIMITS.wire_message_bytes}`, {
      limit: 'wire_message_bytes',
    })
}

/** The value with plain `Uint8Array`s: the `slice` of a Buffer would share its memory. */
function plainBytes(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return new Uint8Array(value)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(plainBytes)
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainBytes(part)]))
}
