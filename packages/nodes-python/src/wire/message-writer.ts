import type { Buffer } from 'node:buffer'
import { type Packet, type Rest, WIRE_VERSION } from './packet.ts'
import { ValueWriter } from './value-writer.ts'

/** What stands before the packets of a message. */
export interface Head {
  readonly generation: number
  readonly session: string
  readonly ack: number
}

/** A packet before it has a number. */
export type Unnumbered = Omit<Packet, 'seq'>

/** The msgpack values of a message around its packets: itself and its five. */
export const ITEMS_AROUND = 6
/** A packet and what it has, but its values. */
const ITEMS_OF_PACKET = 9
/** The head of a list of more than 15, and by how much that of a shorter one is shorter. */
const LONG_LIST = Uint8Array.of(0xdc, 0, 0)
const SHORTER = 2

/** Writes one message: its head, packets as long as they fit, and how many of them there are at the end. */
export class MessageWriter extends ValueWriter {
  #head = 0

  head({ generation, session, ack }: Head): void {
    this.list(5)
    this.count(WIRE_VERSION)
    this.count(generation)
    this.named('session', session)
    this.count(ack)
    this.#head = this.size
    this.raw(LONG_LIST)
    this.items = ITEMS_AROUND
  }

  /** A packet with this number. @throws MarshalingError, LimitExceededError, NoRoomError; nothing of it is there then */
  packet(packet: Unnumbered, seq: number): void {
    const { size, items } = this
    try {
      this.#packet(packet, seq)
    } catch (error) {
      this.rewind(size, items)
      throw error
    }
  }

  /** The whole message, in the memory in which it was written. */
  message(packets: number): Buffer {
    const bytes = this.bytes()
    const head = this.#head
    if (packets >= 16) {
      bytes.writeUInt16BE(packets, head + 1)
      return bytes
    }
    bytes.copyWithin(SHORTER, 0, head)
    bytes[head + SHORTER] = 0x90 + packets
    return bytes.subarray(SHORTER)
  }

  #packet(packet: Unnumbered, seq: number): void {
    this.items += ITEMS_OF_PACKET
    this.list(9)
    this.byte(packet.kind)
    this.count(seq)
    this.count(packet.attempt)
    this.count(packet.epoch)
    this.count(packet.flags)
    this.float(packet.pts)
    if (packet.rest === null) this.nil()
    else this.#rest(packet.rest)
    this.values(packet.values)
    this.count(packet.of)
  }

  #rest({ duration, age, remaining, lost, streamId, trace, meta }: Rest): void {
    this.items += 4
    this.list(7)
    for (const time of [duration, age, remaining])
      if (time === null) this.nil()
      else this.float(time)
    this.count(lost)
    this.named('streamId', streamId)
    this.named('trace', trace)
    this.named('meta', meta)
  }
}
