import { Buffer } from 'node:buffer'
import { LimitExceededError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { RESET_BUFFER_MODE } from 'msgpackr'
import { fillGaps } from './encode.ts'
import { createMsgpack } from './msgpack.ts'
import { Outline } from './outline.ts'
import { unpack } from './unpack.ts'

const msgpack = createMsgpack()

/** One value as msgpack, in the forms of the wire format. @throws MarshalingError or LimitExceededError */
export function encodeValue(value: unknown): Uint8Array {
  const outline = new Outline()
  const plain = outline.at('value', value)
  return fillGaps(msgpack.pack(plain, RESET_BUFFER_MODE), outline.blocks)
}

/** One value out of bytes that nobody vouches for. @throws MarshalingError or LimitExceededError; nothing else */
export function decodeValue(data: Uint8Array): unknown {
  if (data.byteLength > LIMITS.wire_message_bytes)
    throw new LimitExceededError(`a message of ${data.byteLength} bytes; at most ${LIMITS.wire_message_bytes}`, {
      limit: 'wire_message_bytes',
    })
  const { outline, restore } = unpack(data)
  return plainBytes(restore(outline))
}

/** The value with plain `Uint8Array`s: the `slice` of a Buffer would share its memory. */
function plainBytes(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return new Uint8Array(value)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(plainBytes)
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainBytes(part)]))
}
