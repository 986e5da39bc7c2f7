import { Buffer } from 'node:buffer'
import { createConnection, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  type NatsConnection,
  NatsConnectionImpl,
  ProtocolHandler,
  setTransportFactory,
} from '@nats-io/transport-node'
import { NodeTransport, nodeResolveHost } from '@nats-io/transport-node/lib/node_transport.js'

/** Of one read: two messages of audio, so that most come whole. */
const READ_BYTES = 256 * 1024

/** What connects, the first time and again, and what nats.js does not say of it. */
interface Preparing {
  prepare(): unknown
}

/**
 * A connection without TLS that reads into memory that is used again: the data of a message is written over after the turn
 * in which its callback is called. A connection of nats.js reads each time into fresh memory outside of the heap, for which
 * the collector goes through all of the heap many times a second.
 */
export async function connectLending(options: ConnectionOptions): Promise<NatsConnection> {
  const connection = Reflect.construct(NatsConnectionImpl, [options]) as NatsConnectionImpl
  const protocol = new ProtocolHandler(connection.options, connection)
  const preparing = protocol as unknown as Preparing
  const prepare = preparing.prepare.bind(protocol)
  // There is one factory for the whole process, and others may have connections: it is ours for this call alone.
  preparing.prepare = () => {
    setTransportFactory({ factory: () => new LendingTransport() })
    try {
      return prepare()
    } finally {
      setTransportFactory({ factory: () => new NodeTransport(), dnsResolveFn: nodeResolveHost })
    }
  }
  await protocol.dialLoop()
  connection.protocol = protocol
  return connection as NatsConnection
}

class LendingTransport extends NodeTransport {
  #read: ((result: IteratorResult<Uint8Array>) => void) | null = null

  override dial({ hostname, port }: { readonly hostname: string; readonly port: number }): Promise<Socket> {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES)
    const callback = (bytes: number) => {
      this.#came(buffer.subarray(0, bytes))
      return true
    }
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: hostname, port, onread: { buffer, callback } }, () => {
        socket.removeAllListeners()
        resolve(socket)
      })
      socket.once('error', reject)
      socket.setNoDelay(true)
    })
  }

  override iterate(): AsyncIterableIterator<Uint8Array> {
    const iterator: AsyncIterableIterator<Uint8Array> = {
      next: () => {
        const value = this.yields.shift()
        if (value !== undefined) return Promise.resolve({ value, done: false })
        return new Promise((resolve) => {
          this.#read = resolve
        })
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  /** Lent to who waits for it, and reads it before anything else comes; a copy, where nobody does. */
  #came(bytes: Buffer): void {
    const read = this.#read
    if (read !== null) {
      this.#read = null
      read({ value: bytes, done: false })
      return
    }
    const copy = Buffer.from(bytes)
    // Before it is connected, NodeTransport hears what the server says of itself.
    if (!this.connected && this.socket?.emit('data', copy)) return
    this.yields.push(copy)
  }
}
