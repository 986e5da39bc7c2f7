import { channel } from 'node:diagnostics_channel'
import { BroadcastChannel, isMainThread } from 'node:worker_threads'

/** That a node was seen to break a rule, wherever it ran. */
export interface Observation {
  /** The node type; undefined where it is a matter of the whole plugin. */
  readonly type?: string
  readonly rule: string
  readonly message: string
  /** Where its code is, as file:line. */
  readonly at?: string
}

const NAME = `anabranch:conform:${process.pid}`

/** Tells the main thread of this process. */
export function observe(observation: Observation): void {
  if (isMainThread) return channel(NAME).publish(observation)
  // One for each telling: an open one would keep its thread, and what it says arrives all the same.
  const to = new BroadcastChannel(NAME)
  to.postMessage(observation)
  to.close()
}

/** Everything that is observed in any thread of this process, until `close`. */
export function observations(): { readonly seen: readonly Observation[]; close(): void } {
  const seen: Observation[] = []
  const told = (observation: unknown) => void seen.push(observation as Observation)
  channel(NAME).subscribe(told)
  const threads = new BroadcastChannel(NAME)
  threads.onmessage = (message) => told((message as { data: unknown }).data)
  threads.unref()
  return {
    seen,
    close() {
      channel(NAME).unsubscribe(told)
      threads.close()
    },
  }
}
