import type { Readable, Writable } from 'node:stream'

/** A stream that may be a terminal. */
export type Out = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }

/** What tells a process to stop. */
export interface Signals {
  on(signal: string, listener: () => void): unknown
  off(signal: string, listener: () => void): unknown
  /** Ends the process at once. */
  exit(): void
}

/** Everything of the process that the command touches, so that a test can stand in for it. */
export interface Io {
  readonly stdin: Readable
  /** Data. */
  readonly stdout: Out
  /** Logs, progress and errors. */
  readonly stderr: Out
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signals?: Signals
}
