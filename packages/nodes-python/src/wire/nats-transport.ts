import { NotAvailableError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { type ConnectionOptions, connect, type NatsConnection } from '@nats-io/transport-node'
import type { NatsServer } from '../server/nats-server.ts'
import { decodeMessage } from './decode.ts'
import { decodeLate } from './late-audio.ts'
import { connectLending } from './lending-connection.ts'
import { natsWriter } from './nats-writer.ts'
import type { Transport } from './transport.ts'

/** Connects to a server. */
export async function connectTransport(server: NatsServer, name: string): Promise<Transport> {
  const connection = await connectTo(server, name, server.embedded ? connectLending : connect)
  const publish = natsWriter(connection)
  const listeners = new Set<(up: boolean) => void>()
  watchStatus(connection, (up) => {
    for (const listener of listeners) listener(up)
  })
  return {
    messageBytes: Math.min(LIMITS.wire_message_bytes, connection.info?.max_payload ?? LIMITS.wire_message_bytes),
    publish(subject, message) {
      if (!connection.isClosed()) publish(subject, message)
    },
    subscribe(subject, listener) {
      const subscription = connection.subscribe(subject, {
        callback: (error, raw) => {
          if (error !== null) return listener.refused(subject, error)
          let message: ReturnType<typeof decodeMessage>
          try {
            message = decodeMessage(raw.data, decodeLate, true)
          } catch (refusal) {
            return listener.refused(raw.subject, refusal as Error)
          }
          listener.message(raw.subject, message, raw.data.length)
        },
      })
      return () => subscription.unsubscribe()
    },
    flush: () => connection.flush(),
    onConnection: (listener) => void listeners.add(listener),
    close: async () => {
      listeners.clear()
      await connection.close()
    },
  }
}

/** A connection that renews itself for as long as it is not closed. @throws NotAvailableError */
export async function connectTo(
  server: NatsServer,
  name: string,
  make: (options: ConnectionOptions) => Promise<NatsConnection> = connect,
): Promise<NatsConnection> {
  try {
    return await make({
      servers: server.url,
      name,
      ...(server.host === undefined ? {} : { user: server.host.user, pass: server.host.password }),
      // Of one attempt: a server that ends in the middle of it may leave the client waiting.
      timeout: 2000,
      pingInterval: 2000,
      maxPingOut: 2,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    })
  } catch (cause) {
    throw new NotAvailableError(`no connection to the NATS server ${server.url}: ${(cause as Error).message}`, {
      cause,
      retryable: true,
      fix: 'check that the server runs, and its user and password',
    })
  }
}

/** Follows the connection until it is closed. */
export async function watchStatus(connection: NatsConnection, tell: (connected: boolean, reason: string) => void) {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') tell(false, `the connection to ${status.server} broke`)
    else if (status.type === 'reconnect') tell(true, '')
    else if (status.type === 'close') tell(false, 'the connection was closed')
  }
}
