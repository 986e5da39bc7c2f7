import { type Clock, systemClock } from './clock.ts'
import type { Envelope, NodeContext, NodeLog } from './context.ts'
import { sharedAudio } from './shared-audio.ts'

/** A context for a node that runs outside any graph. The owner moves `envelope` on, call by call. */
export interface StandaloneContext extends NodeContext {
  envelope: Envelope
  readonly counters: Readonly<Record<string, number>>
  /** Media times said by `at`, by outputs object. */
  readonly times: WeakMap<object, number>
  abort(reason: unknown): void
}

const silent: NodeLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

export function standaloneContext(
  nodeId: string,
  options: { readonly clock?: Clock; readonly log?: NodeLog } = {},
): StandaloneContext {
  const clock = options.clock ?? systemClock
  const abort = new AbortController()
  const counters: Record<string, number> = {}
  const times = new WeakMap<object, number>()
  return {
    nodeId,
    sessionId: 'standalone',
    envelope: {
      session: 'standalone',
      origin: { source: nodeId, seq: 0 },
      seq: 0,
      pts: 0,
      ingress: clock.now(),
      epoch: 0,
    },
    signal: abort.signal,
    clock,
    log: options.log ?? silent,
    counters,
    times,
    count: (metric, by = 1) => {
      counters[metric] = (counters[metric] ?? 0) + by
    },
    audio: sharedAudio,
    // Memory of its own lives as long as somebody holds it.
    retain: (buffer) => buffer,
    release: () => undefined,
    at: (pts, outputs) => {
      times.set(outputs, pts)
      return outputs
    },
    abort: (reason) => abort.abort(reason),
  }
}
