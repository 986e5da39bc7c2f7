import { NotAvailableError } from '@anabranch/plugin-sdk'
import type { NatsServer } from '../server/nats-server.ts'
import { connectTo, watchStatus } from './nats-transport.ts'

/** Publishes and hears bytes on subjects of a NATS server, over one connection that renews itself. */
export interface Subjects {
  /** Resolves when the server has it; rejects, to be tried again, where the connection broke before. */
  publish(subject: string, data: Uint8Array): Promise<void>
  /** Resolves when there is a connection, or the signal aborts. */
  connected(signal: AbortSignal): Promise<void>
  subscribe(subject: string, queue: string | undefined, listener: SubjectListener): Promise<void>
  /** Called each time the connection is there again. */
  onReconnect(listener: () => void): void
  close(): Promise<void>
}

export interface SubjectListener {
  message(data: Uint8Array): void
  /** The server refused the subscription. */
  refused(error: Error): void
}

/** @throws NotAvailableError where there is no connection. */
export async function openSubjects(server: NatsServer, name: string): Promise<Subjects> {
  const connection = await connectTo(server, name)
  let connected = true
  const onReconnect = new Set<() => void>()
  const stirred = new Set<() => void>()
  watchStatus(connection, (now) => {
    if (now && !connected) for (const listener of onReconnect) listener()
    connected = now
    for (const wake of [...stirred]) wake()
  })
  const broken = () =>
    new NotAvailableError(`the connection to the NATS server ${server.url} broke`, {
      retryable: !connection.isClosed(),
    })
  return {
    publish(subject, data) {
      if (!connected || connection.isClosed()) return Promise.reject(broken())
      return new Promise((resolve, reject) => {
        const lost = () => settle(() => reject(broken()))
        const settle = (then: () => void) => {
          stirred.delete(lost)
          then()
        }
        stirred.add(lost)
        try {
          connection.publish(subject, data)
        } catch (error) {
          return settle(() => reject(error))
        }
        connection.flush().then(
          () => settle(resolve),
          () => lost(),
        )
      })
    },
    async connected(signal) {
      while (!connected && !connection.isClosed() && !signal.aborted)
        await new Promise<void>((resolve) => {
          const wake = () => {
            stirred.delete(wake)
            signal.removeEventListener('abort', wake)
            resolve()
          }
          stirred.add(wake)
          signal.addEventListener('abort', wake)
        })
    },
    async subscribe(subject, queue, listener) {
      connection.subscribe(subject, {
        ...(queue !== undefined && { queue }),
        callback: (error, { data }) => (error === null ? listener.message(data) : listener.refused(error)),
      })
      await connection.flush()
    },
    onReconnect: (listener) => void onReconnect.add(listener),
    close: () => connection.close(),
  }
}
