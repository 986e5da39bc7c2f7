import { AudioBuffer } from '@anabranch/plugin-sdk'
import { LENDER, type NextTime, nodeError, type RecordBody } from '@anabranch/plugin-sdk/host'
import { Env } from '../../edges/env.ts'
import { FATE } from '../../edges/fate.ts'
import { Item } from '../../edges/item.ts'
import type { NodeSettings } from '../../graph/node-settings.ts'
import type { Engine } from '../engine.ts'
import type { OutputPort } from '../output-port.ts'
import type { LeadingNode } from './followers.ts'
import { faultWithoutSet } from './hold-faults.ts'
import { NodeRunner, STEP_SETS } from './node-runner.ts'
import type { Successor } from './succession.ts'

/** One object for all: a literal at each call would cost 56 bytes an item. */
const NOTHING_SAID = {}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>

/** The source form: pulled only when there is room downstream; an item is stamped when it arrives. */
export class SourceRunner extends NodeRunner implements LeadingNode {
  override isSource = true
  #body: RecordBody
  #iterator: AnyIterator | null = null
  #pulling = false
  #accepted = 0
  #samples = 0
  /** Of the last audio, Hz. */
  #rate = 0
  /** The media time up to which it has given. */
  positionUs = 0

  constructor(engine: Engine, settings: NodeSettings, body: RecordBody) {
    super(engine, settings, body)
    this.#body = body
  }

  step(): void {
    this.sweep()
    for (let left = STEP_SETS; this.state === 'open' && !this.#pulling; left--) {
      if (this.succession !== null && !this.controls.busy) return this.succession.handOver()
      if (!this.room()) return
      if (left === 0) return this.engine.wake(this)
      try {
        this.#iterator ??= this.#open()
        const next = this.#iterator.next() as IteratorResult<unknown> & PromiseLike<IteratorResult<unknown>>
        if (typeof next.then === 'function') return this.#wait(next)
        this.#arrived(next)
        this.followers?.goOn(left === STEP_SETS)
        if (left === STEP_SETS) left = this.engine.pace(left)
      } catch (error) {
        this.#pullFailed(error)
      }
    }
  }

  /** A pull failed. Under skip and dead-letter it is an item that failed, and the source is pulled again, or has ended. */
  #pullFailed(thrown: unknown): void {
    this.context[LENDER]?.gave()
    const { onError } = this.settings
    if (onError === 'fail' || this.#iterator === null) return faultWithoutSet(this, thrown, 'fail')
    const { engine } = this
    const error = nodeError(thrown, this.id)
    const seq = this.#accepted++
    const env = new Env(this.id, seq, 0, engine.nowMs)
    this.#stamp(env, NOTHING_SAID, undefined)
    const item = new Item(undefined, env, seq, engine.epoch, engine.roots.accept())
    this.failures++
    engine.failure(this, error)
    if (onError === 'dead-letter') engine.deadLetter(this, error, item, null)
    engine.settle(item, onError === 'skip' ? FATE.failed : FATE.deadLettered)
  }

  #open(): AnyIterator {
    const made = (this.#body.source as NonNullable<RecordBody['source']>).call(this.#body, this.context) as Partial<
      AsyncIterable<unknown> & Iterable<unknown>
    >
    return (made[Symbol.asyncIterator]?.() ?? made[Symbol.iterator]?.()) as AnyIterator
  }

  #wait(next: PromiseLike<IteratorResult<unknown>>): void {
    this.#pulling = true
    this.engine.pending++
    next.then(
      (result) => {
        this.#landed()
        if (this.state !== 'open') return
        try {
          this.#arrived(result)
        } catch (error) {
          faultWithoutSet(this, error, 'fail')
        }
      },
      (error: unknown) => {
        this.#landed()
        // Once it is stopped its signal has aborted, and what it throws then is its way to end.
        if (this.state === 'open') this.#pullFailed(error)
        else this.log.debug({ err: error }, 'source failed after it was stopped')
      },
    )
  }

  #landed(): void {
    this.#pulling = false
    this.engine.pending--
    if (this.state !== 'open') this.#close()
    this.engine.wake(this)
  }

  #arrived(result: IteratorResult<unknown>): void {
    if (result.done) {
      this.#iterator = null
      this.context[LENDER]?.end()
      return this.stop('closed')
    }
    if (result.value !== undefined && result.value !== null) this.accept(result.value, NOTHING_SAID)
    this.context[LENDER]?.gave()
  }

  /** A new root with one output record. */
  protected accept(
    record: unknown,
    at: { readonly pts?: number; readonly deadline?: number; readonly survive?: boolean; readonly trace?: string },
  ): void {
    const { engine } = this
    engine.touch()
    const edge = this.onlyEdge
    let value: unknown
    if (edge !== null && typeof record === 'object' && record !== null)
      value = this.only(record as Readonly<Record<string, unknown>>, edge.outputKey)
    else this.checkResult(record)
    const seq = this.#accepted++
    // Outside a turn the clock was just read; inside one, what a source gives without waiting has the turn's time.
    const now = engine.nowMs
    const env = new Env(this.id, seq, 0, now)
    this.#stamp(env, record as object, at.pts)
    if (at.deadline !== undefined) env.deadline = at.deadline
    if (at.survive) env.survive = true
    env.trace = at.trace ?? engine.traceparent
    const root = engine.roots.accept()
    if (engine.probe !== null) engine.probe.accept?.(root.id, record as object)
    if (edge !== null && value !== undefined) {
      // The hot case: the root's first count passes on with the item.
      ;(this.ports[0] as OutputPort).handOn(edge, value, env, engine.epoch, root)
      return
    }
    this.emitChecked(record as Readonly<Record<string, unknown>>, env, engine.epoch, root)
    engine.roots.release(root, FATE.filtered)
  }

  /** Audio counts its samples: round(samples · 10^6 / rate), never a sum of durations. Anything else: time since the start. */
  #stamp(env: Env, record: object, given: number | undefined): void {
    const said = given ?? this.saidTimes.get(record)
    const { ports } = this
    for (let i = 0; i < ports.length; i++) {
      const value = (record as Readonly<Record<string, unknown>>)[(ports[i] as OutputPort).key]
      if (typeof value !== 'object' || !(value instanceof AudioBuffer)) continue
      this.#rate = value.sampleRate
      const start = Math.round((this.#samples * 1e6) / value.sampleRate)
      this.#samples += value.length
      env.pts = said ?? start
      env.duration = Math.round((this.#samples * 1e6) / value.sampleRate) - start
      this.positionUs = env.pts + env.duration
      return
    }
    env.pts = said ?? Math.round((env.ingress - this.engine.startedAt) * 1000)
    this.positionUs = env.pts
  }

  override adopt(successor: Successor): void {
    super.adopt(successor)
    this.#close()
    this.#body = successor.body
  }

  mayLead(): boolean {
    return true
  }

  tellTime(time: NextTime): boolean {
    time.pts = this.#samples === 0 ? 0 : Math.round((this.#samples * 1e6) / this.#rate)
    time.rate = this.#samples === 0 ? 0 : this.#rate
    time.says = true
    return true
  }

  abort(): void {
    // What a source gives after an interrupt is new: a microphone goes on.
  }

  protected quit(): void {
    if (!this.#pulling) this.#close()
  }

  /** Never while a next() is open: that would be a second call into the generator. */
  #close(): void {
    const iterator = this.#iterator
    this.#iterator = null
    this.context[LENDER]?.end()
    try {
      const closing = iterator?.return?.() as PromiseLike<unknown> | undefined
      closing?.then?.(undefined, (error: unknown) => this.log.warn({ err: error }, 'source failed while it was closed'))
    } catch (error) {
      this.log.warn({ err: error }, 'source failed while it was closed')
    }
  }
}
