import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { callerIn } from './locate.ts'

/** What must be gone after the cleanup of the node that made it, in words. */
const KINDS: Readonly<Record<string, string>> = {
  Timeout: 'a timer',
  TCPWRAP: 'a connection',
  TCPSERVERWRAP: 'a server',
  PIPEWRAP: 'a pipe',
  UDPWRAP: 'a UDP socket',
  PROCESSWRAP: 'a process',
  FSEVENTWRAP: 'a watched file',
  STATWATCHER: 'a watched file',
  WORKER: 'a thread',
}

export interface Resource {
  readonly what: string
  readonly at: string | undefined
}

/** The resources that live, of one node: made by its code, or in what its code set off. */
export interface Owner {
  readonly alive: Map<number, Resource>
}

const owners = new AsyncLocalStorage<Owner>()
const byId = new Map<number, Owner>()

/** Runs code of a node: what it makes is its own. */
export function ownedBy<T>(owner: Owner, run: () => T): T {
  return owners.run(owner, run)
}

/** Begins to watch this thread. */
export function watchResources(): void {
  createHook({
    init(id, type) {
      const what = KINDS[type]
      const owner = what === undefined ? undefined : owners.getStore()
      if (owner === undefined || what === undefined) return
      const depth = Error.stackTraceLimit
      Error.stackTraceLimit = 40
      const stack = new Error().stack ?? ''
      Error.stackTraceLimit = depth
      const at = callerIn(stack)
      // What the engine does in the wake of an output is no matter of the node's.
      if (at !== undefined && ENGINE.test(at)) return
      owner.alive.set(id, { what, at })
      byId.set(id, owner)
    },
    destroy(id) {
      byId.get(id)?.alive.delete(id)
      byId.delete(id)
    },
  }).enable()
}

const ENGINE = /(^|\/)runtime\/(dist|src)\/(executor|edges|placement|telemetry)\//
