import { Buffer } from 'node:buffer'
import { LimitExceededError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { RESET_BUFFER_MODE } from 'msgpackr'
import { bytesOfDraft, draftOf } from './draft.ts'
import { createMsgpack } from './msgpack.ts'
import { Outline } from './outline.ts'
import { unpack } from './unpack.ts'

const msgpack = createMsgpack()

/** One value as msgpack, in the forms of the wire format. @throws MarshalingError or LimitExceededError */
export function encodeValue(value: unknown): Uint8Array {
  const outline = new Outline()
  const plain = outline.at('value', value)
  const draft = draftOf(msgpack.pack(plain, RESET_BUFFER_MODE), outline.blocks)
  refuseLarge(draft.size)
  return bytesOfDraft(draft)
}

/** One value out of bytes that nobody vouches for. @throws MarshalingError or LimitExceededError; nothing else */
export function decodeValue(data: Uint8Array): unknown {
  refuseLarge(data.byteLength)
  const { outline, restore } = unpack(data)
  return plainBytes(restore(outline))
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
