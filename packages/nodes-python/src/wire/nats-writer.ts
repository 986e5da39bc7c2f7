import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { type NatsConnection, NatsConnectionImpl } from '@nats-io/transport-node'

/** Messages of fewer bytes wait for the end of the turn, as nats.js has it: so interrupts get there together. */
const LARGE = 16 * 1024
/** Memory that is kept for the next message. */
const KEPT_MOST = 2 * 1024 * 1024
const AROUND = Buffer.byteLength('PUB  4294967296\r\n\r\n')

export type Publish = (subject: string, message: Uint8Array) => void

/**
 * Publishes on a connection. A large message is sent at once, so that it is on its way while the next one is made, and out
 * of memory that is used again. nats.js makes a fresh array for what was published in a turn: so much memory outside of the
 * heap has the collector go through all of it many times a second.
 */
export function natsWriter(connection: NatsConnection): Publish {
  if (!(connection instanceof NatsConnectionImpl)) return (subject, message) => connection.publish(subject, message)
  const { protocol } = connection
  let kept = Buffer.allocUnsafeSlow(4 * LARGE)

  /** Memory for so many bytes. In what is kept there may be some that the socket did not take yet. */
  const memory = (bytes: number, free: boolean): Buffer => {
    if (!free || bytes > KEPT_MOST) return Buffer.allocUnsafeSlow(bytes)
    if (bytes > kept.length) kept = Buffer.allocUnsafeSlow(bytes)
    return kept
  }

  return (subject, message) => {
    const { transport, connected, outbound } = protocol
    const { socket } = transport as { readonly socket?: Socket }
    // Not before what nats.js has to send, and not where it has no connection.
    const atOnce = message.length >= LARGE && connected && outbound.size() === 0
    if (!atOnce || socket === undefined) return connection.publish(subject, message)
    const target = memory(AROUND + Buffer.byteLength(subject) + message.length, socket.writableLength === 0)
    let at = target.write(`PUB ${subject} ${message.length}\r\n`)
    target.set(message, at)
    at += message.length
    at += target.write('\r\n', at)
    transport.send(target.subarray(0, at))
  }
}
