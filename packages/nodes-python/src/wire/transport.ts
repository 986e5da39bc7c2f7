import type { Message } from './packet.ts'

/**
 * The way between host and workers, behind which NATS is hidden. It may lose messages; what is sent and not answered
 * is the business of the channel above it.
 */
export interface Transport {
  /** @throws NotAvailableError while there is no connection: nothing is ever dropped in silence. */
  publish(subject: string, message: Message): void
  /** `refused` is told of messages that break the wire format. Returns the function that ends it. */
  subscribe(subject: string, listener: TransportListener): () => void
  /** Resolves when everything published and subscribed before has reached the server. */
  flush(): Promise<void>
  /** Told each time the connection breaks: what was in flight then may be lost. */
  onDisconnect(listener: (reason: string) => void): void
  close(): Promise<void>
}

export interface TransportListener {
  message(subject: string, message: Message): void
  refused(subject: string, error: Error): void
}
