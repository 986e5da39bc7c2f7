import type { Envelope } from '@anabranch/plugin-sdk'
import type { Ledger } from './ledger.ts'

/** What makes spans of sessions and executions, such as `openTelemetry()`. It is called as things happen, and must not throw. */
export interface Tracing {
  /** A session opens. */
  session(of: { readonly pipeline: string; readonly sessionId: string }): SessionTrace
  /** An execute node begins with an input set. */
  execution(of: {
    readonly pipeline: string
    readonly sessionId: string
    readonly nodeId: string
    /** Its `trace` is the W3C traceparent that the item carries. */
    readonly envelope: Envelope
  }): ExecutionTrace
}

export interface SessionTrace {
  /** The W3C traceparent for items that bring none. */
  readonly traceparent: string | undefined
  end(ledger: Ledger, error: Error | undefined): void
}

export interface ExecutionTrace {
  /** Calls the node, with the span active. */
  run<T>(call: () => T): T
  /** It is over, with what it threw. */
  end(error?: unknown): void
}
