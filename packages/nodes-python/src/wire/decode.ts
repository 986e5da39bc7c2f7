import { Buffer } from 'node:buffer'
import { isAnabranchError, LimitExceededError, MarshalingError, type Values } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { decodeExt, type ExtDecoder } from './ext.ts'
import { KIND, type Kind, type Message, type Packet, type Rest, WIRE_VERSION } from './packet.ts'
import { Reader } from './reader.ts'

/**
 * A message out of bytes that nobody vouches for.
 *
 * @throws MarshalingError or LimitExceededError; nothing else, whatever the bytes are.
 */
export function decodeMessage(data: Uint8Array, ext?: ExtDecoder): Message {
  if (data.byteLength > LIMITS.wire_message_bytes)
    throw new LimitExceededError(`a message of ${data.byteLength} bytes; at most ${LIMITS.wire_message_bytes}`, {
      limit: 'wire_message_bytes',
    })
  return withoutFormats(() => {
    const reader = readerOf(data, ext)
    const parts = list(reader.whole(), 5, 'message')
    if (parts[0] !== WIRE_VERSION)
      throw new MarshalingError(`wire format v${parts[0]} is not known here`, { fix: 'use one version everywhere' })
    return {
      generation: count(parts[1], 'generation'),
      session: text(parts[2], 'session'),
      ack: count(parts[3], 'ack'),
      packets: list(parts[4], undefined, 'packets').map((each) => packet(each, reader)),
    }
  })
}

/** The values that were split into parts, out of all their bytes. @throws as `decodeMessage` */
export function decodeValues(data: Uint8Array, ext?: ExtDecoder): Values {
  return withoutFormats(() => {
    const reader = readerOf(data, ext)
    return record(reader.whole(), 'values', reader)
  })
}

/** One value. @throws as `decodeMessage` */
export const decodeOne = (data: Uint8Array): unknown => withoutFormats(() => readerOf(data).whole())

const readerOf = (data: Uint8Array, ext: ExtDecoder = decodeExt) =>
  new Reader(Buffer.from(data.buffer, data.byteOffset, data.byteLength), ext)

/** To a peer, audio of an impossible format is a value that cannot be read. */
function withoutFormats<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isAnabranchError(error) && error.code === 'ANB_AUDIO_FORMAT')
      throw new MarshalingError(error.message, { cause: error })
    throw error
  }
}

function packet(value: unknown, reader: Reader): Packet {
  const parts = list(value, 9, 'packet')
  const kind = count(parts[0], 'kind')
  if (kind > KIND.log) throw new MarshalingError(`packet kind ${kind} is not known here`)
  return {
    kind: kind as Kind,
    seq: count(parts[1], 'seq'),
    attempt: count(parts[2], 'attempt'),
    epoch: count(parts[3], 'epoch'),
    flags: count(parts[4], 'flags'),
    pts: number(parts[5], 'pts'),
    rest: parts[6] === null ? null : rest(parts[6], reader),
    values: record(parts[7], 'values', reader),
    of: count(parts[8], 'of'),
  }
}

function rest(value: unknown, reader: Reader): Rest {
  const parts = list(value, 7, 'rest')
  return {
    duration: orNull(parts[0], 'duration', number),
    age: orNull(parts[1], 'age', number),
    remaining: orNull(parts[2], 'remaining', number),
    lost: count(parts[3], 'lost'),
    streamId: orNull(parts[4], 'streamId', text),
    trace: orNull(parts[5], 'trace', text),
    meta: parts[6] === null ? null : record(parts[6], 'meta', reader),
  }
}

function orNull<T>(value: unknown, name: string, read: (value: unknown, name: string) => T): T | null {
  return value === null ? null : read(value, name)
}

function list(value: unknown, length: number | undefined, name: string): unknown[] {
  if (Array.isArray(value) && (length === undefined || value.length === length)) return value
  throw new MarshalingError(`${name} is no list${length === undefined ? '' : ` of ${length}`}`)
}

function count(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new MarshalingError(`${name} is no count`)
}

function number(value: unknown, name: string): number {
  if (typeof value === 'number') return value
  throw new MarshalingError(`${name} is no number`)
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  throw new MarshalingError(`${name} is no text`)
}

function record(value: unknown, name: string, reader: Reader): Values {
  if (reader.isMap(value)) return value
  throw new MarshalingError(`${name} is no map`)
}
