import { channel } from 'node:diagnostics_channel'

/** Events for whoever listens by `node:diagnostics_channel`; nothing is made while nobody does. */
export const CHANNELS = {
  /** `{ pipeline, sessionId, state: 'open' | 'closed', ledger?, error? }`. */
  session: channel('anabranch:session'),
  /** `{ sessionId, nodeId, error }`: an input set failed after its retries. */
  nodeError: channel('anabranch:node:error'),
  /** `{ sessionId, edge, reason }`: one item was dropped. */
  edgeDrop: channel('anabranch:edge:drop'),
  /** `{ sessionId, error }`: nothing can run any more. */
  stall: channel('anabranch:stall'),
  /** `{ sessionId, epoch, from?, reason? }`; `from` is absent where every node is in scope. */
  interrupt: channel('anabranch:interrupt'),
  /** `{ sessionId, letter }`: an input set failed for good, under `on_error: dead-letter`. */
  deadLetter: channel('anabranch:dead-letter'),
  /** `{ pipeline, nodeId, state: 'open' | 'probing' | 'closed' }`: its breaker changed. */
  breaker: channel('anabranch:breaker'),
  /** `{ sessionId, nodeId, error }`: an operator or a stream failed and is made anew. */
  operatorRestart: channel('anabranch:operator:restart'),
} as const
