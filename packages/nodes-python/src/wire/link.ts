import type { Buffer } from 'node:buffer'
import type { Clock } from '@anabranch/plugin-sdk'
import { encodeMessage } from './encode.ts'
import type { ExtDecoder } from './ext.ts'
import { Inbox } from './inbox.ts'
import type { Head, Unnumbered } from './message-writer.ts'
import { Outbox, PACKETS_KEPT, type Ticket } from './outbox.ts'
import type { Message, Packet } from './packet.ts'

/** One end of what a host and an instance say to each other, over a wire that may lose, double and disorder messages. */
export interface LinkOptions {
  readonly session: string
  readonly generation: number
  /** The most that the wire takes in one message. */
  readonly messageBytes: number
  readonly clock: Clock
  /** Of values that came in parts; the messages themselves are decoded by whoever hears them. */
  readonly ext?: ExtDecoder
  /** Puts a message on the wire, which may lose it. Its memory is the link's: after this turn it may be written over. */
  publish(message: Buffer): void
  /** Takes a packet of the other end: each once, in order. */
  deliver(packet: Packet): void
  /** There may be something to send: `flush()` is to be called soon. Not calling it at once lets packets share a message. */
  stir(): void
  /** Nothing of what is sent again and again is acknowledged, although there is a connection. */
  stuck?(): void
}

/** What the link met. */
export interface LinkCounts {
  /** Packets that were sent again. */
  readonly resent: number
  /** Packets that had come before. */
  readonly duplicates: number
  /** Packets that came before one that was missing. */
  readonly early: number
  /** Messages of an earlier worker, or of another session. */
  readonly stale: number
}

/** An ack goes with the next message, or alone after this time. */
const ACK_MS = 20
/** Packets or bytes after which it goes alone at once: long before the other end must wait for it. */
const ACK_PACKETS = PACKETS_KEPT / 4
/** What is not acknowledged in this time is sent again; each time in a row the wait doubles. */
const RESEND_MS = 250
const RESEND_MOST_MS = 2000
/** So often in a row, some 12 s, before it is called stuck. */
const RESENDS_MOST = 8

/**
 * One end of a link. What is sent is kept until the other end has acknowledged it, and sent again after a time, or when the
 * connection is there again; what comes is handed on once and in order. So a wire that breaks costs time and no packet.
 */
export class Link {
  readonly #options: LinkOptions
  readonly #outbox: Outbox
  readonly #inbox: Inbox
  #connected = true
  #closed = false
  #flushing = false
  #stale = 0
  /** Packets and bytes that came since the last ack. */
  #unacknowledged = 0
  #unacknowledgedBytes = 0
  #ackNow = false
  #ackTimer: unknown
  #resendTimer: unknown
  #resends = 0

  constructor(options: LinkOptions) {
    this.#options = options
    this.#inbox = new Inbox(options.ext)
    this.#outbox = new Outbox(options.messageBytes)
  }

  get counts(): LinkCounts {
    const { duplicates, early } = this.#inbox
    return { resent: this.#outbox.resent, duplicates, early, stale: this.#stale }
  }

  /** Whether a whole message of data waits: nothing is won by waiting for more. */
  get full(): boolean {
    return this.#outbox.full
  }

  /** What it holds: bytes on their way, packets on their way and packets that wait. */
  get load() {
    return this.#outbox.load
  }

  send(packet: Unnumbered, urgent: boolean, refused: (error: unknown) => void): Ticket {
    const ticket: Ticket = { packet, urgent, refused, seq: 0, size: 0 }
    this.#outbox.put(ticket)
    this.#options.stir()
    return ticket
  }

  /** Takes a packet back that was not sent; false where it was. */
  withdraw(ticket: Ticket): boolean {
    return this.#outbox.withdraw(ticket)
  }

  /** Takes a message of the other end; `bytes` is its length. @throws MarshalingError, LimitExceededError where it breaks a rule */
  receive(message: Message, bytes: number): void {
    if (this.#closed) return
    if (message.generation !== this.#options.generation || message.session !== this.#options.session) {
      this.#stale++
      return
    }
    if (this.#outbox.acknowledge(message.ack)) {
      this.#resends = 0
      this.#rearm()
    }
    for (const packet of message.packets) {
      const before = this.#inbox.seen
      const whole = this.#inbox.take(packet)
      if (whole !== null) this.#options.deliver(whole)
      // Its ack, or that of the one which is missing, was lost.
      if (packet.seq !== 0 && this.#inbox.seen === before) this.#ackNow = true
    }
    if (message.packets.length > 0) this.#owe(message.packets.length, bytes)
    this.#options.stir()
  }

  /** Sends what may be sent now. */
  flush(): void {
    if (!this.#connected || this.#closed || this.#flushing) return
    this.#flushing = true // who is told that a packet is refused may send another
    try {
      for (let message = this.#outbox.next(this.#head); message !== null; message = this.#outbox.next(this.#head))
        this.#publish(message)
    } finally {
      this.#flushing = false
    }
    if (this.#ackNow) this.#publish(encodeMessage({ ...this.#head, packets: [] }))
    if (this.#resendTimer === undefined) this.#rearm()
  }

  /** Without a connection nothing is sent; with a new one, all that is not acknowledged, and what was seen. */
  connection(up: boolean): void {
    this.#connected = up
    if (!up) return
    this.#resends = 0
    this.#outbox.rewind()
    this.#ackNow = true
    this.#rearm()
    this.#options.stir()
  }

  close(): void {
    this.#closed = true
    this.#options.clock.clearTimeout(this.#ackTimer)
    this.#options.clock.clearTimeout(this.#resendTimer)
  }

  get #head(): Head {
    const { generation, session } = this.#options
    return { generation, session, ack: this.#inbox.seen }
  }

  #publish(message: Buffer): void {
    this.#ackNow = false
    this.#unacknowledged = 0
    this.#unacknowledgedBytes = 0
    this.#options.clock.clearTimeout(this.#ackTimer)
    this.#ackTimer = undefined
    this.#options.publish(message)
  }

  /** An ack is owed for packets that came. */
  #owe(packets: number, bytes: number): void {
    this.#unacknowledged += packets
    this.#unacknowledgedBytes += bytes
    if (this.#unacknowledged >= ACK_PACKETS || this.#unacknowledgedBytes >= this.#options.messageBytes >> 2)
      this.#ackNow = true
    if (this.#ackNow || this.#ackTimer !== undefined) return
    this.#ackTimer = this.#options.clock.setTimeout(() => {
      this.#ackTimer = undefined
      this.#ackNow = true
      this.#options.stir()
    }, ACK_MS)
  }

  #rearm(): void {
    const { clock } = this.#options
    clock.clearTimeout(this.#resendTimer)
    this.#resendTimer = undefined
    if (this.#closed || !this.#outbox.waiting) return
    const wait = Math.min(RESEND_MOST_MS, RESEND_MS * 2 ** this.#resends)
    this.#resendTimer = clock.setTimeout(() => {
      this.#resends++
      if (this.#connected && this.#resends === RESENDS_MOST) this.#options.stuck?.()
      this.#outbox.rewind()
      this.#rearm()
      this.#options.stir()
    }, wait)
  }
}
