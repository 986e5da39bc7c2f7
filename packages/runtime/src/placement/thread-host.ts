import type { MessagePort } from 'node:worker_threads'
import { CancelledError, type Clock } from '@anabranch/plugin-sdk'
import { attachPool, emissionForm, type FramePool, systemClock } from '@anabranch/plugin-sdk/host'
import { systemScheduler } from '../clock.ts'
import { KeptFrames } from '../executor/kept-frames.ts'
import { carryError, errorOf } from './carried-error.ts'
import { ThreadCall } from './thread-call.ts'
import { ThreadInstance } from './thread-instance.ts'
import type { CallMessage, LogLevel, ThreadStart, ToThread } from './thread-messages.ts'
import { ThreadOutbox } from './thread-outbox.ts'

/** How long sets are begun before messages and timers have their turn. */
const BUDGET_MS = 1

/** The instances of one node on their thread, and what they are asked to do. */
export class ThreadHost {
  readonly #out: ThreadOutbox
  readonly #nodeId: string
  readonly #begun: Uint8Array
  readonly #clock: Clock
  readonly #pool: FramePool | null
  readonly #instances = new Map<number, ThreadInstance>()
  readonly #calls = new Map<number, ThreadCall>()
  #running = false

  constructor(port: MessagePort, { nodeId, begun, timeOrigin, pool }: ThreadStart) {
    this.#nodeId = nodeId
    this.#begun = new Uint8Array(begun)
    const ahead = performance.timeOrigin - timeOrigin
    this.#clock = { ...systemClock, now: () => systemClock.now() + ahead }
    this.#pool = pool === null ? null : attachPool(pool)
    this.#out = new ThreadOutbox(port, nodeId, this.#pool, (number, error) => {
      const call = this.#calls.get(number)
      if (call !== undefined) this.#threw(call, error)
      return call !== undefined
    })
  }

  receive(batch: readonly ToThread[]): void {
    for (const message of batch) this.#take(message)
    this.#run()
  }

  #take(message: ToThread): void {
    switch (message.kind) {
      case 'call':
        return this.#arrived(message)
      case 'slab':
        return this.#pool?.addSlab(message.slab)
      case 'abort':
        return this.#abort(message.call, errorOf(message.reason))
      case 'more':
        return this.#more(message.call, message.outputs)
      case 'leave':
        return this.#leave(message.call)
      case 'taken':
        return this.#out.taken(message.answer)
      case 'unsent':
        for (const handle of message.handles) this.#pool?.release(handle)
        return
      default:
        this.#out.post({ kind: 'pong' })
    }
  }

  // ── calls ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #arrived(message: CallMessage): void {
    const { instance: number, open } = message
    if (open !== undefined) {
      const host = {
        nodeId: this.#nodeId,
        clock: this.#clock,
        kept: new KeptFrames(),
        log: (level: LogLevel, fields: object | string, text: string | undefined) =>
          this.#out.post({ kind: 'log', instance: number, level, fields, message: text }),
        count: (metric: string, by: number) => this.#out.post({ kind: 'count', instance: number, metric, by }),
      }
      this.#instances.set(number, new ThreadInstance(host, open, this.#pool))
    }
    const instance = this.#instances.get(number)
    // It was of a thread before this one, where it could not be opened.
    if (instance === undefined) return this.#out.post({ kind: 'answer', call: message.call, state: 'done' })
    const call = new ThreadCall(message, instance.host, instance.pool)
    this.#calls.set(message.call, call)
    if (isSet(call)) instance.waiting.push(call)
    else this.#begin(instance, call)
  }

  /** Begins the sets that may be, the instances in turn. */
  #run(): void {
    if (this.#running) return
    const end = systemClock.now() + BUDGET_MS
    for (let some = true; some; ) {
      some = false
      for (const instance of this.#instances.values()) {
        if (!instance.ready) continue
        some = true
        this.#begin(instance, instance.waiting.shift() as ThreadCall)
        if (systemClock.now() < end) continue
        this.#running = true
        return systemScheduler.later(() => {
          this.#running = false
          this.#run()
        })
      }
    }
  }

  #begin(instance: ThreadInstance, call: ThreadCall): void {
    if (isSet(call)) instance.running++
    else instance.busy++
    const { place } = call.message
    if (place >= 0) Atomics.store(this.#begun, place, 1)
    try {
      this.#resulted(call, instance.do(call))
    } catch (error) {
      this.#threw(call, error)
    }
  }

  #resulted(call: ThreadCall, result: unknown): void {
    const form = typeof result === 'object' && result !== null ? emissionForm(result) : 'record'
    if (form === 'promise')
      (result as Promise<unknown>).then(
        (value) => this.#attempt(call, () => this.#resulted(call, value)),
        (error: unknown) => this.#threw(call, error),
      )
    else if (form === 'record' || !isSet(call)) this.#answer(call, 'done', isSet(call) ? result : undefined)
    else {
      const shape = result as Partial<Iterable<unknown> & AsyncIterable<unknown>>
      call.iterator = (shape[Symbol.asyncIterator]?.() ?? shape[Symbol.iterator]?.()) as Iterator<unknown>
      this.#pull(call)
    }
  }

  /** Outputs of an iterable, while there is room for them. */
  #pull(call: ThreadCall): void {
    while (call.room > 0 && !call.pulling && call.iterator !== null) {
      const next = call.iterator.next() as IteratorResult<unknown> | Promise<IteratorResult<unknown>>
      if (typeof (next as PromiseLike<unknown>)?.then !== 'function') {
        this.#pulled(call, next as IteratorResult<unknown>)
        continue
      }
      call.pulling = true
      ;(next as Promise<IteratorResult<unknown>>).then(
        (result) =>
          this.#attempt(call, () => {
            call.pulling = false
            this.#pulled(call, result)
            this.#pull(call)
          }),
        (error: unknown) => this.#threw(call, error),
      )
    }
  }

  #pulled(call: ThreadCall, { done, value }: IteratorResult<unknown>): void {
    if (done || call.left) {
      if (!done) call.close()
      call.iterator = null
      return this.#answer(call, 'done', undefined)
    }
    if (value === undefined || value === null) return
    call.room--
    this.#answer(call, 'output', value)
    call.gave()
  }

  #attempt(call: ThreadCall, act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#threw(call, error)
    }
  }

  /** @throws MarshalingError for what cannot go to another thread. */
  #answer(call: ThreadCall, state: 'output' | 'done', value: unknown): void {
    const { call: number } = call.message
    if (value === undefined || value === null) this.#out.post({ kind: 'answer', call: number, state })
    else this.#out.output(number, state, value, call.context.timeOf(value))
    if (state === 'done') this.#end(call)
  }

  #threw(call: ThreadCall, error: unknown): void {
    const { message } = call
    if (!this.#calls.has(message.call)) return
    if (message.what === 'open') (this.#instances.get(message.instance) as ThreadInstance).failure = { error }
    this.#out.post({ kind: 'answer', call: message.call, state: 'threw', error: carryError(error) })
    if (call.iterator !== null && !call.pulling) call.close()
    call.iterator = null
    this.#end(call)
  }

  /** A call that was begun is over. */
  #end(call: ThreadCall): void {
    const { call: number, what, instance: of } = call.message
    this.#calls.delete(number)
    call.end()
    const instance = this.#instances.get(of) as ThreadInstance
    if (isSet(call)) instance.running--
    else instance.busy--
    if (what === 'cleanup') this.#instances.delete(of)
    if (instance.ready && !this.#running) {
      this.#running = true
      systemScheduler.soon(() => {
        this.#running = false
        this.#run()
      })
    }
  }

  // ── messages that overtake ──────────────────────────────────────────────────────────────────────────────────────

  /** What waits is answered at once; what is at work is told. */
  #abort(number: number, reason: unknown): void {
    const call = this.#calls.get(number)
    if (call === undefined) return
    const waiting = this.#instances.get(call.message.instance)?.waiting ?? []
    const at = waiting.indexOf(call)
    if (at < 0) return call.context.abort(reason)
    waiting.splice(at, 1)
    this.#calls.delete(number)
    call.end()
    const error = carryError(new CancelledError('interrupted before it was begun'))
    this.#out.post({ kind: 'answer', call: number, state: 'threw', error })
  }

  #more(number: number, outputs: number): void {
    const call = this.#calls.get(number)
    if (call === undefined) return
    call.room += outputs
    this.#attempt(call, () => this.#pull(call))
  }

  #leave(number: number): void {
    const call = this.#calls.get(number)
    if (call === undefined) return
    call.left = true
    if (call.iterator === null || call.pulling) return
    this.#attempt(call, () => this.#pulled(call, { done: false, value: undefined }))
  }
}

/** Whether it is work on the data, which waits its turn; all else goes ahead. */
function isSet({ message: { what } }: ThreadCall): boolean {
  return what === 'execute' || what === 'flush'
}
