import { Buffer } from 'node:buffer'
import { LimitExceededError, MarshalingError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { Draft } from './draft.ts'
import { type Encoder, ITEMS_AROUND } from './encode.ts'
import type { Packet } from './packet.ts'
import { partOf } from './parts.ts'

/** A packet before it has a number. */
export type Unnumbered = Omit<Packet, 'seq'>

/** A packet that waits or was sent. */
export interface Ticket {
  readonly packet: Unnumbered
  /** Overtakes what is not urgent, parts of large values too. */
  readonly urgent: boolean
  /** Told when it turns out that it cannot be sent; it is not. */
  readonly refused: (error: unknown) => void
  /** The number that answers name; 0 until all of it was sent once. */
  seq: number
}

/** What was sent and may have to be sent again. */
interface Kept {
  readonly seq: number
  readonly size: number
  readonly items: number
  /** A piece of the message that it went with. */
  bytes: Buffer
}

/** Packets of one message. */
export const PACKETS_PER_MESSAGE = 16
/** Bytes of one message that has more than one packet. */
const BATCH_BYTES = 256 * 1024
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
  readonly #encoder: Encoder
  readonly #messageBytes: number
  readonly #urgent: Ticket[] = []
  readonly #data: Ticket[] = []
  readonly #kept: Kept[] = []
  #keptBytes = 0
  /** The first of `#kept` that is to be sent again. */
  #again = 0
  #seq = 0
  /** The bytes of the first data ticket, where it goes in parts, and how many of them went. */
  #split: { readonly ticket: Ticket; readonly bytes: Buffer; at: number } | null = null
  resent = 0

  constructor(encoder: Encoder, messageBytes: number) {
    this.#encoder = encoder
    this.#messageBytes = messageBytes
  }

  /** Whether something was sent and is not acknowledged. */
  get waiting(): boolean {
    return this.#kept.length > 0
  }

  /** Bytes on their way, and packets that wait. */
  get load(): { readonly bytes: number; readonly kept: number; readonly queued: number } {
    return { bytes: this.#keptBytes, kept: this.#kept.length, queued: this.#urgent.length + this.#data.length }
  }

  put(ticket: Ticket): void {
    ;(ticket.urgent ? this.#urgent : this.#data).push(ticket)
  }

  /** Takes back what was not sent. False where all of it was. */
  withdraw(ticket: Ticket): boolean {
    const queue = ticket.urgent ? this.#urgent : this.#data
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
    for (const { seq, size } of this.#kept) {
      if (seq > ack) break
      this.#keptBytes -= size
      count++
    }
    this.#kept.splice(0, count)
    this.#again = Math.max(0, this.#again - count)
    return count > 0
  }

  /** Everything that is not acknowledged is to be sent again. */
  rewind(): void {
    this.#again = 0
  }

  /** The packets of the next message; `write` makes it, behind its head. Null where nothing may be sent now. */
  next(): { readonly count: number; write(head: Buffer): Buffer } | null {
    const old = this.#repeated()
    const fresh = this.#fresh(old)
    const count = old.length + fresh.length
    if (count === 0) return null
    return {
      count,
      write: (head) => {
        const size = [...old, ...fresh.map(({ kept }) => kept)].reduce((sum, each) => sum + each.size, head.length)
        const message = Buffer.allocUnsafe(size)
        let at = head.copy(message, 0)
        for (const { bytes } of old) at += bytes.copy(message, at)
        for (const { kept, draft } of fresh) {
          const end = draft.write(message, at)
          kept.bytes = message.subarray(at, end)
          at = end
        }
        return message
      },
    }
  }

  #repeated(): Kept[] {
    const taken: Kept[] = []
    const room = new Room(this.#batchBytes)
    for (; this.#again < this.#kept.length; this.#again++) {
      const kept = this.#kept[this.#again] as Kept
      if (!room.take(kept)) break
      taken.push(kept)
    }
    this.resent += taken.length
    return taken
  }

  #fresh(old: readonly Kept[]): { kept: Kept; draft: Draft }[] {
    const taken: { kept: Kept; draft: Draft }[] = []
    if (this.#again < this.#kept.length) return taken
    const room = new Room(this.#batchBytes)
    for (const each of old) room.take(each)
    for (;;) {
      const ticket = this.#urgent[0] ?? this.#data[0]
      if (ticket === undefined || room.full) return taken
      if (!ticket.urgent && this.#kept.length >= PACKETS_KEPT) return taken
      const draft = this.#draft(ticket)
      if (draft === null) continue
      if (!ticket.urgent && this.#kept.length > 0 && this.#keptBytes + draft.size > this.#packetBytes) return taken
      if (!room.take(draft)) return taken
      this.#sent(ticket)
      const kept = { seq: this.#seq, size: draft.size, items: draft.items, bytes: NONE }
      this.#kept.push(kept)
      this.#again = this.#kept.length
      this.#keptBytes += draft.size
      taken.push({ kept, draft })
    }
  }

  /** The next packet of a ticket, with the next number. Null where it was refused. */
  #draft(ticket: Ticket): Draft | null {
    try {
      const packet = { ...ticket.packet, seq: this.#seq + 1 }
      const whole = this.#split?.ticket === ticket ? null : this.#encoder.packet(packet)
      if (whole !== null && whole.size <= this.#packetBytes) {
        if (whole.items + ITEMS_AROUND > LIMITS.msgpack_items) throw tooMany(whole.items)
        return whole
      }
      if (ticket.urgent) throw tooLarge(whole?.size ?? 0, this.#packetBytes, 'wire_message_bytes')
      const split = this.#splitOf(ticket)
      return this.#encoder.packet(partOf(packet, split.bytes, split.at, this.#partBytes))
    } catch (error) {
      this.withdraw(ticket)
      ticket.refused(error)
      return null
    }
  }

  #splitOf(ticket: Ticket) {
    if (this.#split?.ticket === ticket) return this.#split
    const bytes = this.#encoder.values(ticket.packet.values)
    if (bytes.length > LIMITS.value_bytes) throw tooLarge(bytes.length, LIMITS.value_bytes, 'value_bytes')
    this.#split = { ticket, bytes, at: 0 }
    return this.#split
  }

  #sent(ticket: Ticket): void {
    this.#seq++
    if (this.#split?.ticket === ticket) {
      this.#split.at += this.#partBytes
      if (this.#split.at < this.#split.bytes.length) return
      this.#split = null
    }
    ticket.seq = this.#seq
    ;(ticket.urgent ? this.#urgent : this.#data).shift()
  }

  get #packetBytes(): number {
    return this.#messageBytes - HEAD_ROOM
  }

  get #batchBytes(): number {
    return Math.min(BATCH_BYTES, this.#packetBytes)
  }

  get #partBytes(): number {
    return this.#messageBytes >> 2
  }
}

const NONE = Buffer.alloc(0)

/** What still fits into a message: its first packet always does. */
class Room {
  #packets = 0
  #items = ITEMS_AROUND
  #bytes = 0
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get full(): boolean {
    return this.#packets >= PACKETS_PER_MESSAGE
  }

  take({ size, items }: { readonly size: number; readonly items: number }): boolean {
    const fits = this.#bytes + size <= this.#most && this.#items + items <= LIMITS.msgpack_items
    if (this.full || (this.#packets > 0 && !fits)) return false
    this.#packets++
    this.#bytes += size
    this.#items += items
    return true
  }
}

const tooLarge = (is: number, most: number, limit: string) =>
  new LimitExceededError(`${is} bytes in one packet; at most ${most}`, { limit, fix: 'give smaller values' })

const tooMany = (is: number) =>
  new LimitExceededError(`${is} values in one packet; at most ${LIMITS.msgpack_items - ITEMS_AROUND}`, {
    limit: 'msgpack_items',
    fix: 'give numbers as a typed array, or smaller values',
  })
