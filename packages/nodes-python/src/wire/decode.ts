import { isAnabranchError, LimitExceededError, MarshalingError, type Values } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { ExtDecoder } from './ext.ts'
import { KIND, type Kind, type Message, type Packet, type Rest, WIRE_VERSION } from './packet.ts'
import { type Unpacked, unpack } from './unpack.ts'

type Restore = Unpacked['restore']

/**
 * A message out of bytes that nobody vouches for. Where they are `lent`, only what `ext` makes may lie in them still.
 *
 * @throws MarshalingError or LimitExceededError; nothing else, whatever the bytes are.
 */
export function decodeMessage(data: Uint8Array, ext?: ExtDecoder, lent = false): Message {
  if (data.byteLength > LIMITS.wire_message_bytes)
    throw new LimitExceededError(`a message of ${data.byteLength} bytes; at most ${LIMITS.wire_message_bytes}`, {
      limit: 'wire_message_bytes',
    })
  return withoutFormats(() => {
    const { outline, restore } = unpack(data, ext, lent)
    const parts = list(outline, 5, 'message')
    if (parts[0] !== WIRE_VERSION)
      throw new MarshalingError(`wire format v${parts[0]} is not known here`, { fix: 'use one version everywhere' })
    return {
      generation: count(parts[1], 'generation'),
      session: text(restore(parts[2]), 'session'),
      ack: count(parts[3], 'ack'),
      packets: list(parts[4], undefined, 'packets').map((each) => packet(each, restore)),
    }
  })
}

/** The values that were split into parts, out of all their bytes. @throws as `decodeMessage` */
export function decodeValues(data: Uint8Array, ext?: ExtDecoder): Values {
  return withoutFormats(() => {
    const { outline, restore } = unpack(data, ext)
    return record(outline, 'values', restore)
  })
}

/** One value. @throws as `decodeMessage` */
export const decodeOne = (data: Uint8Array): unknown =>
  withoutFormats(() => {
    const { outline, restore } = unpack(data)
    return restore(outline)
  })

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

function packet(value: unknown, restore: Restore): Packet {
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
    rest: parts[6] === null ? null : rest(parts[6], restore),
    values: record(parts[7], 'values', restore),
    of: count(parts[8], 'of'),
  }
}

function rest(value: unknown, restore: Restore): Rest {
  const parts = list(value, 7, 'rest')
  return {
    duration: orNull(parts[0], 'duration', number),
    age: orNull(parts[1], 'age', number),
    remaining: orNull(parts[2], 'remaining', number),
    lost: count(parts[3], 'lost'),
    streamId: orNull(restore(parts[4]), 'streamId', text),
    trace: orNull(restore(parts[5]), 'trace', text),
    meta: parts[6] === null ? null : record(parts[6], 'meta', restore),
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

function record(value: unknown, name: string, restore: Restore): Values {
  if (value instanceof Map) return restore(value) as Values
  throw new MarshalingError(`${name} is no map`)
}
