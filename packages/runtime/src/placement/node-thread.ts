import {
  type AnabranchError,
  type Clock,
  type Envelope,
  type NodeContext,
  type NodeLog,
  WorkerLostError,
} from '@anabranch/plugin-sdk'
import { type FramePool, LIMITS } from '@anabranch/plugin-sdk/host'
import { AbortWatch } from './abort-watch.ts'
import { Thread } from './thread.ts'
import type { CallKind, FromThread, OpenOrder } from './thread-messages.ts'
import { ThreadedCall } from './threaded-call.ts'

export interface NodeThreadOptions {
  readonly nodeId: string
  readonly pool: FramePool | null
  readonly clock: Clock
  readonly log: NodeLog
  /** How often it may be lost in `thread_restart_window_ms` and is made anew. */
  readonly restarts: number
}

/** One node of a session, as its thread has it. */
interface Instance {
  readonly order: OpenOrder
  /** Prepared once: it is made anew with its thread. */
  opened: boolean
  /** The last one that it was called with: whose log and counters are its own. */
  context: NodeContext
}

/** An input set that was at work when its thread ended, so often, is not tried again. */
const CRASHES = 2
/** What a new thread is asked again, where the last one had not begun it. */
const REPEATED: ReadonlySet<CallKind> = new Set(['execute', 'flush', 'control', 'reset'])

/**
 * The thread of one node, for all sessions of its executor. When it is lost it is made anew, with its instances: what had
 * been begun fails with WorkerLostError, what had not is given to the new one.
 */
export class NodeThread {
  readonly #options: NodeThreadOptions
  readonly #instances = new Map<number, Instance>()
  readonly #watch = new AbortWatch<ThreadedCall>((call, reason) => this.#abort(call, reason))
  /** By input record, which is the same for all attempts. */
  readonly #crashes = new WeakMap<object, number>()
  #thread: Thread | null = null
  /** The instances are opened on it, or failed to be. */
  #ready: Promise<unknown> = Promise.resolve()
  #losses: number[] = []
  #lastLoss: Error | null = null
  #numbers = 0
  #closed = false

  constructor(options: NodeThreadOptions) {
    this.#options = options
  }

  /** The number of an instance to be opened. */
  next(): number {
    return ++this.#numbers
  }

  /** Makes an instance, prepared. @throws what its import, `create` or `prepare` threw */
  async open(number: number, order: OpenOrder, context: NodeContext): Promise<void> {
    const instance: Instance = { order, context, opened: false }
    this.#instances.set(number, instance)
    await this.#start('open', number, undefined, context, order).result
    instance.opened = true
  }

  /** @throws WorkerLostError where the thread may not be made anew; MarshalingError */
  execute(number: number, what: CallKind, given: unknown, context: NodeContext): Promise<unknown> {
    const instance = this.#instances.get(number) as Instance
    instance.context = context
    if ((this.#crashes.get(given as object) ?? 0) >= CRASHES) throw this.#poison()
    const { signal } = context
    if (signal.aborted) throw signal.reason
    const call = this.#start(what, number, given, context)
    const forget = this.#watch.add(call, signal)
    call.result.then(forget, forget)
    return call.result
  }

  /** For what is no work on the data. */
  async tell(number: number, what: 'control' | 'reset', given: unknown, context: NodeContext | null): Promise<void> {
    await this.#start(what, number, given, context).result
  }

  /** Cleans an instance up. One that is still at work and does not answer goes with its thread. */
  async cleanup(number: number): Promise<void> {
    this.#instances.delete(number)
    const thread = this.#thread
    if (thread === null) return
    const { result } = this.#start('cleanup', number, undefined, null)
    if (thread.deaf(number)) thread.ping()
    await result
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#thread?.end('its executor was closed')
  }

  #start(what: CallKind, instance: number, given: unknown, context: NodeContext | null, open: OpenOrder | null = null) {
    const envelope = context?.envelope ?? NO_ENVELOPE
    const call = new ThreadedCall(
      { number: ++this.#numbers, instance, what, given, envelope },
      context,
      this.#options.pool,
    )
    this.#running().call(call, open)
    return call
  }

  #abort(call: ThreadedCall, reason: unknown): void {
    call.aborted = { reason }
    this.#thread?.abort(call, reason)
  }

  // ── supervision ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** The thread; where there is none, a new one with the instances that the last one had. @throws WorkerLostError where it was lost too often */
  #running(): Thread {
    if (this.#thread !== null) return this.#thread
    this.#checkRestarts()
    const { nodeId, pool, clock } = this.#options
    const thread = new Thread({
      nodeId,
      pool,
      clock,
      told: (message) => this.#told(message),
      lost: (lost, error, calls) => this.#lost(lost, error, calls),
    })
    this.#thread = thread
    const opening: Promise<unknown>[] = []
    for (const [number, { order, context, opened }] of this.#instances)
      if (opened) opening.push(this.#start('open', number, undefined, context, order).result)
    this.#ready = Promise.allSettled(opening)
    return thread
  }

  #checkRestarts(): void {
    const { clock, nodeId, restarts } = this.#options
    const since = clock.now() - LIMITS.thread_restart_window_ms
    this.#losses = this.#losses.filter((at) => at > since)
    if (this.#losses.length <= restarts) return
    throw new WorkerLostError(
      `the thread of node "${nodeId}" was lost ${this.#losses.length} times in ${LIMITS.thread_restart_window_ms / 1000} s and is not made anew: ${this.#lastLoss?.message}`,
      { nodeId, retryable: false, cause: this.#lastLoss, fix: 'mend what ends it: its cause says how it ended last' },
    )
  }

  #lost(thread: Thread, error: Error, calls: readonly ThreadedCall[]): void {
    this.#thread = null
    if (this.#closed) return settle(calls, error)
    this.#lastLoss = error
    this.#losses.push(this.#options.clock.now())
    this.#options.log.warn({ err: error, under_way: calls.length }, 'the thread of a node was lost')
    const aborted = calls.filter((call) => call.aborted !== null)
    const waiting = calls.filter((call) => call.aborted === null)
    const again = waiting.filter((call) => REPEATED.has(call.what) && thread.untouched(call))
    for (const call of aborted) this.#countCrash(call)
    for (const call of waiting) if (!again.includes(call)) this.#fail(call, error)
    this.#goOn(again)
    // Whoever waits for the end of a call that was given up may call anew then: not before the new thread is ready.
    void this.#ready.then(() => settle(aborted, error))
  }

  /** Makes a new thread, where somebody needs it, and gives it what the old one had not begun. */
  #goOn(again: readonly ThreadedCall[]): void {
    if (![...this.#instances.values()].some(({ opened }) => opened)) return settle(again, this.#lastLoss)
    let thread: Thread
    try {
      thread = this.#running()
    } catch (error) {
      return settle(again, error)
    }
    for (const call of again)
      try {
        thread.call(call, null)
      } catch (error) {
        call.fail(error)
      }
  }

  #fail(call: ThreadedCall, error: Error): void {
    if (call.what === 'cleanup') return call.succeed()
    call.fail(this.#countCrash(call) >= CRASHES ? this.#poison() : error)
  }

  #countCrash({ what, given }: ThreadedCall): number {
    if (what !== 'execute') return 0
    const crashes = (this.#crashes.get(given as object) ?? 0) + 1
    this.#crashes.set(given as object, crashes)
    return crashes
  }

  #poison(): AnabranchError {
    const { nodeId } = this.#options
    return new WorkerLostError(`the thread of node "${nodeId}" ended ${CRASHES} times while it worked on this input`, {
      nodeId,
      retryable: false,
      cause: this.#lastLoss,
      fix: 'see the cause; the input is not tried again',
    })
  }

  #told(message: FromThread & { readonly kind: 'log' | 'count' }): void {
    const context = this.#instances.get(message.instance)?.context
    if (message.kind === 'count') context?.count(message.metric, message.by)
    else if (message.message === undefined) (context?.log ?? this.#options.log)[message.level](message.fields)
    else (context?.log ?? this.#options.log)[message.level](message.fields, message.message)
  }
}

const NO_ENVELOPE: Envelope = { session: '', origin: { source: '', seq: 0 }, seq: 0, pts: 0, ingress: 0, epoch: 0 }

function settle(calls: readonly ThreadedCall[], error: unknown): void {
  for (const call of calls)
    if (call.what === 'cleanup') call.succeed()
    else call.fail(error)
}
