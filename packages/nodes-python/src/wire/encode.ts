import { Buffer } from 'node:buffer'
import { LimitExceededError, type Values } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { RESET_BUFFER_MODE } from 'msgpackr'
import { bytesOfDraft, type Draft, draftOf } from './draft.ts'
import { createMsgpack, type Plain } from './msgpack.ts'
import { Outline } from './outline.ts'
import { type Message, type Packet, type Rest, WIRE_VERSION } from './packet.ts'

/** The msgpack values of a message around its packets: itself and its five. */
export const ITEMS_AROUND = 6

export interface Encoder {
  /** A packet, to be written into a message. @throws MarshalingError or LimitExceededError */
  packet(packet: Packet): Draft
  /** A map of values alone: what is split into parts. @throws MarshalingError or LimitExceededError */
  values(values: Values): Buffer
  /** What stands before the packets of a message. */
  head(message: Omit<Message, 'packets'>, packets: number): Buffer
  /** A whole message. @throws MarshalingError or LimitExceededError */
  message(message: Message): Buffer
}

/** Turns packets and messages into bytes; what msgpackr writes goes into one buffer, used again. */
export function createEncoder(): Encoder {
  const msgpack = createMsgpack()
  const drafted = (outline: Outline, plain: Plain) => draftOf(msgpack.pack(plain, RESET_BUFFER_MODE), outline.blocks)
  const encoder: Encoder = {
    packet(packet) {
      const outline = new Outline()
      return drafted(outline, packetOf(packet, outline))
    },
    values(values) {
      const outline = new Outline()
      return bytesOfDraft(drafted(outline, outline.values(values)))
    },
    head({ generation, session, ack }, packets) {
      const outline = new Outline()
      const plain = [
        WIRE_VERSION,
        outline.number(generation),
        outline.at('session', session),
        outline.number(ack),
        [],
      ] as const
      const whole = bytesOfDraft(drafted(outline, plain as unknown as Plain))
      const size = packets < 16 ? 0 : 2
      const head = Buffer.allocUnsafe(whole.length + size)
      whole.copy(head, 0)
      head[whole.length - 1] = size === 0 ? 0x90 + packets : 0xdc
      if (size !== 0) head.writeUInt16BE(packets, whole.length)
      return head
    },
    message({ packets, ...rest }) {
      const drafts = packets.map((packet) => encoder.packet(packet))
      const head = encoder.head(rest, packets.length)
      const size = drafts.reduce((sum, draft) => sum + draft.size, head.length)
      refuseOver(size, LIMITS.wire_message_bytes, 'wire_message_bytes', 'bytes')
      const items = drafts.reduce((sum, draft) => sum + draft.items, ITEMS_AROUND)
      refuseOver(items, LIMITS.msgpack_items, 'msgpack_items', 'values')
      const message = Buffer.allocUnsafe(size)
      let at = head.copy(message, 0)
      for (const draft of drafts) at = draft.write(message, at)
      return message
    },
  }
  return encoder
}

function refuseOver(is: number, most: number, limit: string, unit: string): void {
  if (is > most)
    throw new LimitExceededError(`a message of ${is} ${unit}; at most ${most}`, { limit, fix: 'give smaller values' })
}

const packetOf = (packet: Packet, outline: Outline): Plain => [
  packet.kind,
  outline.number(packet.seq),
  outline.number(packet.attempt),
  outline.number(packet.epoch),
  outline.number(packet.flags),
  outline.float(packet.pts),
  packet.rest === null ? null : restOf(packet.rest, outline),
  outline.values(packet.values),
  outline.number(packet.of),
]

const restOf = (rest: Rest, outline: Outline): Plain => [
  rest.duration === null ? null : outline.float(rest.duration),
  rest.age === null ? null : outline.float(rest.age),
  rest.remaining === null ? null : outline.float(rest.remaining),
  outline.number(rest.lost),
  outline.at('streamId', rest.streamId),
  outline.at('trace', rest.trace),
  outline.at('meta', rest.meta),
]
