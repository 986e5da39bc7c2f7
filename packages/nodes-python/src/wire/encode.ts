import { Buffer } from 'node:buffer'
import { LimitExceededError, type Values } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { MessageWriter } from './message-writer.ts'
import type { Message, Packet } from './packet.ts'
import { NoRoomError } from './writer.ts'

/** What turns packets and messages into bytes of their own. */
export interface Encoder {
  /** One packet. @throws MarshalingError or LimitExceededError */
  packet(packet: Packet): Buffer
  /** A map of values alone: what is split into parts. @throws MarshalingError or LimitExceededError */
  values(values: Values): Buffer
  /** A whole message. @throws MarshalingError or LimitExceededError */
  message(message: Message): Buffer
}

/** Each piece is written into memory of its own, which is the caller's then. */
export const createEncoder = (): Encoder => ({ packet: encodePacket, values: encodeValues, message: encodeMessage })

/** @throws as `Encoder` says */
export function encodeValues(values: Values): Buffer {
  const writer = newWriter()
  writer.limit(LIMITS.value_bytes)
  try {
    writer.values(values)
  } catch (error) {
    if (!(error instanceof NoRoomError)) throw error
    const text = `values of more than ${LIMITS.value_bytes} bytes`
    throw new LimitExceededError(text, { limit: 'value_bytes', fix: 'give smaller values' })
  }
  return writer.bytes()
}

/** One value alone. @throws as `Encoder` says */
export function encodeOne(value: unknown): Buffer {
  const writer = newWriter()
  writer.named('value', value)
  return writer.bytes()
}

function encodePacket(packet: Packet): Buffer {
  const writer = newWriter()
  writer.packet(packet, packet.seq)
  return writer.bytes()
}

/** @throws as `Encoder` says */
export function encodeMessage({ packets, ...head }: Message): Buffer {
  const writer = newWriter()
  writer.head(head)
  for (const packet of packets) writer.packet(packet, packet.seq)
  const message = writer.message(packets.length)
  refuseOver(message.length, LIMITS.wire_message_bytes, 'wire_message_bytes', 'bytes')
  return message
}

/** Most of what is written so is small: acknowledgements. */
const newWriter = () => new MessageWriter((bytes) => Buffer.allocUnsafe(Math.max(bytes, 256)))

function refuseOver(is: number, most: number, limit: string, unit: string): void {
  if (is > most)
    throw new LimitExceededError(`a message of ${is} ${unit}; at most ${most}`, { limit, fix: 'give smaller values' })
}
