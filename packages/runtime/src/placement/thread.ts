import { Worker } from 'node:worker_threads'
import { type Clock, MarshalingError, WorkerLostError } from '@anabranch/plugin-sdk'
import { type FramePool, LIMITS } from '@anabranch/plugin-sdk/host'
import { systemScheduler } from '../clock.ts'
import { carryError } from './carried-error.ts'
import { type Carried, carry, handlesIn } from './carried-values.ts'
import {
  type CallMessage,
  type FromThread,
  type OpenOrder,
  PLACES,
  type ThreadStart,
  type ToThread,
} from './thread-messages.ts'
import type { ThreadedCall } from './threaded-call.ts'

export interface ThreadOptions {
  readonly nodeId: string
  readonly pool: FramePool | null
  readonly clock: Clock
  /** What a node says or counts. */
  readonly told: (message: FromThread & { readonly kind: 'log' | 'count' }) => void
  /** It has ended, and its leases are given back: with these calls under way. */
  readonly lost: (thread: Thread, error: Error, calls: readonly ThreadedCall[]) => void
}

/** One worker thread and the calls that are under way on it. */
export class Thread {
  readonly #options: ThreadOptions
  readonly #worker: Worker
  readonly #holder: number | null
  readonly #begun: Uint8Array
  readonly #places: number[] = []
  #placesMade = 0
  readonly #calls = new Map<number, ThreadedCall>()
  readonly #ended: Promise<void>
  #out: ToThread[] = []
  #error: unknown = null
  #why: string | null = null
  #ping: { readonly timer: unknown } | null = null
  #over = false

  /** @throws LimitExceededError where the pool has as many threads as it can. */
  constructor(options: ThreadOptions) {
    const { nodeId, pool } = options
    this.#options = options
    const begun = new SharedArrayBuffer(PLACES)
    this.#begun = new Uint8Array(begun)
    const share = pool?.share() ?? null
    this.#holder = share?.holder ?? null
    const { timeOrigin } = performance
    const workerData: ThreadStart = { nodeId, begun, timeOrigin, pool: share }
    this.#worker = new Worker(new URL('./thread-program.js', import.meta.url), { workerData, name: nodeId })
    this.#worker.unref()
    const noSlabs = pool?.onSlab((slab) => this.#post({ kind: 'slab', slab }))
    this.#worker.on('message', (batch: readonly FromThread[]) => {
      for (const message of batch) this.#take(message)
    })
    this.#worker.on('error', (error) => {
      this.#error = error
    })
    this.#worker.on('messageerror', (error) => this.end(`a message of it could not be read: ${error.message}`))
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        noSlabs?.()
        this.#exited(code)
        resolve()
      })
    })
  }

  /** Gives the thread a call. @throws MarshalingError for what cannot go there */
  call(call: ThreadedCall, open: OpenOrder | null): void {
    const { nodeId } = this.#options
    const { number, instance, what, envelope } = call
    const given = call.given === undefined ? null : carry(call.given, nodeId, what === 'control' ? 'message' : 'input')
    call.place = this.#place()
    call.line = this
    this.#calls.set(number, call)
    if (this.#calls.size === 1) this.#worker.ref()
    if (given !== null) this.#lend(given)
    this.#post({
      kind: 'call',
      call: number,
      place: call.place,
      instance,
      what,
      envelope,
      ...(given !== null && { given }),
      ...(open !== null && { open }),
    })
  }

  /** Nobody waits for this call any more. Where its time was up and the thread does not answer at all, it is ended. */
  abort(call: ThreadedCall, reason: unknown): void {
    this.#post({ kind: 'abort', call: call.number, reason: carryError(reason) })
    if (call.timedOut && this.#hasBegun(call)) this.ping()
  }

  more({ number }: ThreadedCall): void {
    this.#post({ kind: 'more', call: number, outputs: 1 })
  }

  leave({ number }: ThreadedCall): void {
    this.#post({ kind: 'leave', call: number })
  }

  /** Ends the thread unless it answers within `thread_ping_ms`: what it does cannot be told to stop. */
  ping(): void {
    if (this.#ping !== null || this.#over) return
    const ms = LIMITS.thread_ping_ms
    this.#ping = { timer: this.#options.clock.setTimeout(() => this.end(`it did not answer for ${ms} ms`), ms) }
    this.#post({ kind: 'ping' })
  }

  /** Whether a call of this instance, that nobody waits for any more, is still at work. */
  deaf(instance: number): boolean {
    for (const call of this.#calls.values())
      if (call.instance === instance && call.aborted !== null && this.#hasBegun(call)) return true
    return false
  }

  /** Whether it never began with a call. Asked after its end. */
  untouched(call: ThreadedCall): boolean {
    return !this.#hasBegun(call)
  }

  /** Resolves when it has ended. */
  async end(why: string): Promise<void> {
    this.#why ??= why
    this.#worker.ref()
    void this.#worker.terminate()
    await this.#ended
  }

  #hasBegun({ place }: ThreadedCall): boolean {
    return place < 0 || Atomics.load(this.#begun, place) === 1
  }

  #place(): number {
    const place = this.#places.pop() ?? (this.#placesMade < PLACES ? this.#placesMade++ : -1)
    if (place >= 0) Atomics.store(this.#begun, place, 0)
    return place
  }

  /** A lease for the thread, beside that of the call here: a retry, or a dead letter, needs the original. */
  #lend({ audio }: Carried): void {
    for (const handle of handlesIn(audio)) {
      this.#options.pool?.retain(handle)
      this.#options.pool?.give(handle, this.#holder as number)
    }
  }

  // ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────

  #take(message: FromThread): void {
    switch (message.kind) {
      case 'answer': {
        const { pool } = this.#options
        for (const handle of handlesIn(message.value?.audio)) pool?.retain(handle)
        if (message.answer !== undefined) this.#post({ kind: 'taken', answer: message.answer })
        const call = this.#calls.get(message.call)
        if (call === undefined) for (const handle of handlesIn(message.value?.audio)) pool?.release(handle)
        else if (call.answered(message)) this.#settled(call)
        return
      }
      case 'slab':
        return this.#options.pool?.addSlab(message.slab)
      case 'pong':
        return this.#pong()
      default:
        return this.#options.told(message)
    }
  }

  #settled(call: ThreadedCall): void {
    this.#calls.delete(call.number)
    if (call.place >= 0) this.#places.push(call.place)
    // Its end is waited for, whatever it still answers.
    if (this.#calls.size === 0 && this.#why === null) this.#worker.unref()
  }

  #pong(): void {
    if (this.#ping !== null) this.#options.clock.clearTimeout(this.#ping.timer)
    this.#ping = null
  }

  /** Batches are of what was said until the microtasks at hand are through. */
  #post(message: ToThread): void {
    if (this.#over) return
    this.#out.push(message)
    if (this.#out.length === 1) systemScheduler.soon(() => this.#flush())
  }

  #flush(): void {
    const out = this.#out
    this.#out = []
    try {
      this.#worker.postMessage(out)
    } catch {
      for (const message of out) this.#postAlone(message)
    }
  }

  /** One that may be why its batch could not be posted. */
  #postAlone(message: ToThread): void {
    try {
      this.#worker.postMessage([message])
    } catch (cause) {
      if (message.kind !== 'call') throw cause
      this.#unposted(message, cause)
    }
  }

  #unposted({ call: number, given, what }: CallMessage, cause: unknown): void {
    const { nodeId } = this.#options
    const handles = handlesIn(given?.audio)
    if (handles.length > 0) this.#worker.postMessage([{ kind: 'unsent', handles } satisfies ToThread])
    const call = this.#calls.get(number) as ThreadedCall
    this.#settled(call)
    call.fail(
      new MarshalingError(
        `node "${nodeId}": what it was given (${what}) cannot go to its thread: ${(cause as Error).message}`,
        { nodeId, cause, fix: 'give plain data, typed arrays or audio; or leave placement out' },
      ),
    )
  }

  #exited(code: number): void {
    this.#over = true
    this.#pong()
    const { nodeId, pool } = this.#options
    if (this.#holder !== null) pool?.reclaim(this.#holder)
    const error = this.#error as Error | null
    const how = this.#why ?? (error === null ? `exit ${code}` : `${error.name ?? 'Error'}: ${error.message ?? error}`)
    const lost = new WorkerLostError(`the thread of node "${nodeId}" ended: ${how}`, {
      nodeId,
      ...(error !== null && { cause: error }),
      fix: 'see its cause; what its nodes kept is lost',
    })
    this.#options.lost(this, lost, [...this.#calls.values()])
  }
}
