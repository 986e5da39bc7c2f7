import type { Message } from './packet.ts'

/**
 * The way between host and workers, behind which NATS is hidden. It may lose messages, and does so in silence while there
 * is no connection: links above it keep what they sent until it is acknowledged.
 */
export interface Transport {
  /** The largest message that the server takes, in bytes. */
  readonly messageBytes: number
  publish(subject: string, message: Uint8Array): void
  /** `refused` is told of messages that break the wire format. Returns the function that ends it. */
  subscribe(subject: string, listener: TransportListener): () => void
  /** Resolves when everything published and subscribed before has reached the server. */
  flush(): Promise<void>
  /** Told each time the connection breaks and each time it is there again. */
  onConnection(listener: (up: boolean) => void): void
  close(): Promise<void>
}

export interface TransportListener {
  /** `bytes` is the length of the message. */
  message(subject: string, message: Message, bytes: number): void
  refused(subject: string, error: Error): void
}
