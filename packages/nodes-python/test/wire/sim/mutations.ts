import { Channel } from '#src/wire/channel.js'
import { Inbox } from '#src/wire/inbox.js'
import { Link } from '#src/wire/link.js'
import { Outbox } from '#src/wire/outbox.js'
import type { Message, Packet } from '#src/wire/packet.js'
import { Joiner } from '#src/wire/parts.js'
import { type Slab, Slabs } from '#src/wire/slabs.js'

/** Breaks the machine in one place; returns what mends it again. */
export type Mutation = () => () => void

/** Replaces a method by one that is made of the real one. */
function replaced<Class extends object, Name extends keyof Class>(
  prototype: Class,
  name: Name,
  made: (real: Class[Name]) => Class[Name],
): () => void {
  const real = prototype[name]
  prototype[name] = made(real)
  return () => {
    prototype[name] = real
  }
}

/** What a machine like this one gets wrong, each in one place. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a packet that came before is handed on again': () =>
    replaced(
      Inbox.prototype,
      'take',
      (take) =>
        function (this: Inbox, packet: Packet) {
          const again = packet.seq <= this.seen && (packet.flags & 8) === 0
          return take.call(this, packet) ?? (again ? packet : null)
        },
    ),
  'a packet is acknowledged before those in front of it came': () => {
    const highest = new WeakMap<Inbox, number>()
    const real = Object.getOwnPropertyDescriptor(Inbox.prototype, 'seen') as PropertyDescriptor
    const mend = replaced(
      Inbox.prototype,
      'take',
      (take) =>
        function (this: Inbox, packet: Packet) {
          highest.set(this, Math.max(highest.get(this) ?? 0, packet.seq))
          return take.call(this, packet)
        },
    )
    Object.defineProperty(Inbox.prototype, 'seen', {
      ...real,
      get(this: Inbox) {
        return highest.get(this) ?? 0
      },
    })
    return () => {
      Object.defineProperty(Inbox.prototype, 'seen', real)
      mend()
    }
  },
  'nothing is sent again': () => replaced(Outbox.prototype, 'rewind', () => () => undefined),
  'a packet is forgotten before its ack': () =>
    replaced(
      Outbox.prototype,
      'acknowledge',
      (acknowledge) =>
        function (this: Outbox, ack: number) {
          const progress = acknowledge.call(this, ack)
          if (progress && this.load.kept > 0) acknowledge.call(this, ack + 1)
          return progress
        },
    ),
  'memory is written over before all in it is acknowledged': () =>
    replaced(
      Slabs.prototype,
      'release',
      (release) =>
        function (this: Slabs, slab: Slab) {
          release.call(this, slab)
          slab.used = 0
        },
    ),
  'a message of an earlier worker counts': () =>
    replaced(
      Link.prototype,
      'receive',
      (receive) =>
        function (this: Link, message: Message, bytes: number) {
          for (let generation = 1; generation < 8; generation++) receive.call(this, { ...message, generation }, bytes)
        },
    ),
  'a credit is returned twice': () =>
    replaced(
      Channel.prototype,
      'took',
      (took) =>
        function (this: Channel, call: Parameters<Channel['took']>[0]) {
          took.call(this, call)
          took.call(this, call)
        },
    ),
  'a credit is not returned': () => replaced(Channel.prototype, 'took', () => () => undefined),
  'an interrupted call gives its place away at once': () =>
    replaced(
      Channel.prototype,
      'leave',
      (leave) =>
        function (this: Channel, call: Parameters<Channel['leave']>[0]) {
          leave.call(this, call)
          this.receive({
            kind: 3,
            seq: 0,
            attempt: call.attempt,
            epoch: call.epoch,
            flags: 4,
            pts: 0,
            rest: null,
            values: {},
            of: call.seq || -1,
          })
        },
    ),
  'what a dead worker had is forgotten': () =>
    replaced(
      Channel.prototype,
      'lost',
      (lost) =>
        function (this: Channel, error: Parameters<Channel['lost']>[0]) {
          const { retryable } = error
          lost.call(this, retryable ? Object.assign(Object.create(error), { code: 'ANB_CANCELLED' }) : error)
        },
    ),
  'the parts of a value are put together wrongly': () =>
    replaced(
      Joiner.prototype,
      'add',
      (add) =>
        function (this: Joiner, packet: Packet) {
          const whole = add.call(this, packet)
          const body = whole?.values.body as Uint8Array | undefined
          body?.copyWithin(0, 1)
          return whole
        },
    ),
  'a queue is not bounded': () =>
    replaced(
      Outbox.prototype,
      'put',
      (put) =>
        function (this: Outbox, ticket: Parameters<Outbox['put']>[0]) {
          put.call(this, { ...ticket, urgent: true })
        },
    ),
}
