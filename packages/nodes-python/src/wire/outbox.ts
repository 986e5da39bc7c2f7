import type { Buffer } from 'node:buffer'
import { LimitExceededError, MarshalingError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { encodeValues } from './encode.ts'
import { PACKETS_PER_MESSAGE, Room } from './message-room.ts'
import { type Head, ITEMS_AROUND, MessageWriter, type Unnumbered } from './message-writer.ts'
import { partOf } from './parts.ts'
import { type Slab, Slabs } from './slabs.ts'
import { NoRoomError } from './writer.ts'

/** A packet that waits or was sent. */
export interface Ticket {
  readonly packet: Unnumbered
  /** Overtakes what is not urgent, parts of large values too. */
  readonly urgent: boolean
  /** Told when it turns out that it cannot be sent; it is not. */
  readonly refused: (error: unknown) => void
  /** The number that answers name; 0 until all of it was sent once. */
  seq: number
  /** Bytes of its next packet, where that did not fit; else 0. */
  size: number
}

/** A message that was sent: how many packets of it are new, and where they can be read again. */
interface Sent {
  packets: number
  slab: Slab
  begun: number
}

/** What was sent and may have to be sent again. */
interface Kept {
  readonly seq: number
  readonly size: number
  readonly items: number
  readonly sent: Sent
  /** Behind the beginning of its message. */
  readonly at: number
}

/** For what stands around the packets of a message. */
const HEAD_ROOM = 64
/** Packets on their way: above it data waits. The receiver acknowledges a quarter at once. */
export const PACKETS_KEPT = 64

/**
 * The sending half of a link: two queues, urgent and data, and what was sent and is not acknowledged. Packets are numbered
 * when they are sent, so that an urgent one goes before all data that still waits. Data that is on its way never has more
 * bytes than one message may have: what is urgent waits for no more than that, and memory is bounded.
 */
export class Outbox {
  readonly #packetBytes: number
  readonly #partBytes: number
  readonly #urgent: Ticket[] = []
  readonly #data: Ticket[] = []
  readonly #slabs = new Slabs()
  readonly #writer = new MessageWriter((bytes) => (bytes === 0 ? this.#slabs.current : this.#slabs.take(bytes)).buffer)
  readonly #kept: Kept[] = []
  #keptBytes = 0
  /** The first of `#kept` that is to be sent again. */
  #again = 0
  #seq = 0
  /** The bytes of the first data ticket, where it goes in parts, and how many of them went. */
  #split: { readonly ticket: Ticket; readonly bytes: Buffer; at: number } | null = null
  resent = 0

  constructor(messageBytes: number) {
    this.#packetBytes = messageBytes - HEAD_ROOM
    this.#partBytes = messageBytes >> 2
  }

  /** Whether something was sent and is not acknowledged. */
  get waiting(): boolean {
    return this.#kept.length > 0
  }

  /** Whether as much data waits as a message has packets. What is urgent goes together, so that its effects do. */
  get full(): boolean {
    return this.#data.length >= PACKETS_PER_MESSAGE
  }

  /** Bytes on their way, and packets that wait. */
  get load(): { readonly bytes: number; readonly kept: number; readonly queued: number } {
    return { bytes: this.#keptBytes, kept: this.#kept.length, queued: this.#urgent.length + this.#data.length }
  }

  put(ticket: Ticket): void {
    this.#queue(ticket).push(ticket)
  }

  /** Takes back what was not sent. False where all of it was. */
  withdraw(ticket: Ticket): boolean {
    const queue = this.#queue(ticket)
    const index = queue.indexOf(ticket)
    if (index < 0) return false
    queue.splice(index, 1)
    if (this.#split?.ticket === ticket) this.#split = null
    return true
  }

  /** Whether something new was acknowledged. @throws MarshalingError for an ack of what was never sent */
  acknowledge(ack: number): boolean {
    if (ack > this.#seq) throw new MarshalingError(`packet ${ack} is acknowledged; ${this.#seq} were sent`)
    let count = 0
    for (const { seq, size, sent } of this.#kept) {
      if (seq > ack) break
      this.#keptBytes -= size
      this.#slabs.release(sent.slab)
      count++
    }
    if (count === 0) return false
    this.#kept.splice(0, count)
    this.#again = Math.max(0, this.#again - count)
    return true
  }

  /** Everything that is not acknowledged is to be sent again. */
  rewind(): void {
    this.#again = 0
  }

  /**
   * The next message; null where nothing may be sent now. It is in memory of the outbox, which is written over when its
   * packets are acknowledged.
   */
  next(head: Head): Buffer | null {
    if (this.#again >= this.#kept.length && this.#urgent.length + this.#data.length === 0) return null
    const writer = this.#writer
    const { buffer, used } = this.#slabs.current
    writer.begin(buffer, used)
    writer.head(head)
    const room = new Room(this.#packetBytes)
    this.#repeat(room)
    const sent: Sent = { packets: 0, slab: this.#slabs.current, begun: 0 }
    if (this.#again === this.#kept.length) this.#fresh(room, sent)
    if (room.packets === 0) return null
    return this.#finished(sent, writer.message(room.packets))
  }

  #finished(sent: Sent, message: Buffer): Buffer {
    const slab = this.#slabs.current
    const end = this.#writer.at
    sent.slab = slab
    sent.begun = end - this.#writer.size
    slab.kept += sent.packets
    slab.used = end
    return message
  }

  #repeat(room: Room): void {
    for (; this.#again < this.#kept.length; this.#again++) {
      const kept = this.#kept[this.#again] as Kept
      if (!room.take(kept.size, kept.items)) return
      const from = kept.sent.begun + kept.at
      this.#writer.raw(kept.sent.slab.buffer.subarray(from, from + kept.size))
      this.resent++
    }
  }

  #fresh(room: Room, sent: Sent): void {
    const writer = this.#writer
    for (;;) {
      const ticket = this.#urgent[0] ?? this.#data[0]
      if (ticket === undefined || room.full || this.#waits(ticket, ticket.size)) return
      const at = writer.size
      if (!this.#write(ticket)) continue
      const size = writer.size - at
      const items = writer.items - ITEMS_AROUND
      if (this.#waits(ticket, size) || !room.take(size, items)) {
        ticket.size = size
        return writer.rewind(at, ITEMS_AROUND)
      }
      this.#sent(ticket)
      this.#kept.push({ seq: this.#seq, size, items, sent, at })
      sent.packets++
      this.#again = this.#kept.length
      this.#keptBytes += size
    }
  }

  /** Whether data of this size has to wait for an acknowledgement. */
  #waits(ticket: Ticket, size: number): boolean {
    if (ticket.urgent || this.#kept.length === 0) return false
    return this.#kept.length >= PACKETS_KEPT || this.#keptBytes + size > this.#packetBytes
  }

  /** Writes the next packet of a ticket, with the next number. False where it was refused. */
  #write(ticket: Ticket): boolean {
    const writer = this.#writer
    const seq = this.#seq + 1
    try {
      writer.items = ITEMS_AROUND
      if (this.#split?.ticket === ticket || !this.#whole(ticket, seq)) {
        const { bytes, at } = this.#splitOf(ticket)
        writer.packet(partOf(ticket.packet, bytes, at, this.#partBytes), seq)
      }
      return true
    } catch (error) {
      this.withdraw(ticket)
      ticket.refused(error)
      return false
    }
  }

  /** False where it is too large for one packet; nothing is written then. */
  #whole({ packet, urgent }: Ticket, seq: number): boolean {
    const writer = this.#writer
    const at = writer.size
    writer.limit(at + this.#packetBytes)
    try {
      writer.packet(packet, seq)
      if (writer.size - at <= this.#packetBytes) return true
      writer.rewind(at, ITEMS_AROUND)
    } catch (error) {
      if (!(error instanceof NoRoomError)) throw error
    } finally {
      writer.limit(Number.POSITIVE_INFINITY)
    }
    if (urgent) throw tooLarge(`more than ${this.#packetBytes} bytes in one urgent packet`, 'wire_message_bytes')
    return false
  }

  #splitOf(ticket: Ticket) {
    if (this.#split?.ticket === ticket) return this.#split
    const bytes = encodeValues(ticket.packet.values)
    const most = LIMITS.value_bytes
    if (bytes.length > most) throw tooLarge(`${bytes.length} bytes in one packet; at most ${most}`, 'value_bytes')
    this.#split = { ticket, bytes, at: 0 }
    return this.#split
  }

  #sent(ticket: Ticket): void {
    this.#seq++
    ticket.size = 0
    if (this.#split?.ticket === ticket) {
      this.#split.at += this.#partBytes
      if (this.#split.at < this.#split.bytes.length) return
      this.#split = null
    }
    ticket.seq = this.#seq
    this.#queue(ticket).shift()
  }

  #queue(ticket: Ticket): Ticket[] {
    return ticket.urgent ? this.#urgent : this.#data
  }
}

const tooLarge = (text: string, limit: string) => new LimitExceededError(text, { limit, fix: 'give smaller values' })
