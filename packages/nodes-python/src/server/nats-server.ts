import type { Credentials } from './server-config.ts'
import type { ServerCounts } from './server-counts.ts'

/** A server to talk over: one of ours, or one that somebody else runs. */
export interface NatsServer {
  readonly url: string
  /** Whether it is ours: it was started for us and ends with us. */
  readonly embedded: boolean
  /** Of an embedded server. */
  readonly pid?: number
  readonly host?: Credentials
  readonly worker?: Credentials
  /** What the server counted. @throws NotAvailableError for a server that is not ours. */
  counts(): Promise<ServerCounts>
  /** Stops an embedded server and removes its files; leaves another alone. */
  close(): Promise<void>
}
