import { Buffer } from 'node:buffer'
import { LimitExceededError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { RESET_BUFFER_MODE } from 'msgpackr'
import type { Block } from './block.ts'
import { copyBytes } from './copy-bytes.ts'
import { createMsgpack, GAP, type Plain } from './msgpack.ts'
import { Outline } from './outline.ts'
import { type Message, type Packet, type Rest, WIRE_VERSION } from './packet.ts'
import { scan } from './scan.ts'

/** Makes the function that turns messages into bytes; what msgpackr writes goes into one buffer, used again. */
export function createEncoder(): (message: Message) => Uint8Array {
  const msgpack = createMsgpack()
  return (message) => {
    const outline = new Outline()
    const plain = [
      WIRE_VERSION,
      outline.number(message.generation),
      outline.at('session', message.session),
      outline.number(message.ack),
      message.packets.map((packet) => packetOf(packet, outline)),
    ]
    return fillGaps(msgpack.pack(plain, RESET_BUFFER_MODE), outline.blocks)
  }
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

/** What msgpackr wrote, with the blocks in its gaps, in memory of its own. */
export function fillGaps(outline: Buffer, blocks: readonly Block[]): Buffer {
  const gaps: number[] = []
  scan(outline, (head, from) => {
    if (head === 0xd4) gaps.push(from)
  })
  const size = blocks.reduce((sum, block) => sum + block.size - GAP, outline.length)
  if (size > LIMITS.wire_message_bytes)
    throw new LimitExceededError(
      `a message of ${size} bytes; at most ${LIMITS.wire_message_bytes}, and larger values are not split yet`,
      { limit: 'wire_message_bytes', fix: 'give smaller values' },
    )
  const message = Buffer.allocUnsafe(size)
  let read = 0
  let at = 0
  for (const [index, block] of blocks.entries()) {
    const gap = gaps[index] as number
    at = copyBytes(outline, read, gap, message, at)
    block.write(message, at)
    at += block.size
    read = gap + GAP
  }
  copyBytes(outline, read, outline.length, message, at)
  return message
}
