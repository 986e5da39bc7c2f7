import type { Credentials } from './server-config.ts'
import type { ServerCounts } from './server-counts.ts'

/** A server to talk over: one of ours, or one that somebody else runs. */
export interface NatsServer {
  readonly url: string
  /** Whether it is ours: it was started for us and ends with us. */
  readonly embedded: boolean
  /** Of an embedded server; another one when it had to be started again. */
  readonly pid?: number
  readonly host?: Credentials
  /**
   * What the worker with these subjects, `anb.<run>.<name>`, connects with. On an embedded server it may hear and say
   * nothing else; on another one its operator decides, and it is what the URL gave. Undefined where there is none.
   *
   * @throws NotAvailableError where the server does not take a new user
   */
  workerLogin(subject: string): Promise<Credentials | undefined>
  /** What the server counted. @throws NotAvailableError for a server that is not ours. */
  counts(): Promise<ServerCounts>
  /** Stops an embedded server and removes its files; leaves another alone. */
  close(): Promise<void>
}
