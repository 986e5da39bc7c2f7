import { AudioBuffer, type Values } from '@anabranch/plugin-sdk'
import { emissionForm, LENDER, LIMITS, type RecordBody, releaseAudio } from '@anabranch/plugin-sdk/host'
import { Env } from '../../edges/env.ts'
import { FATE, type Fate } from '../../edges/fate.ts'
import { Item } from '../../edges/item.ts'
import type { Root } from '../../edges/root.ts'
import type { NodeSettings } from '../../graph/node-settings.ts'
import type { Engine } from '../engine.ts'
import { HoldSet } from '../hold-set.ts'
import type { Calls } from '../layers/layered.ts'
import { RunContext } from '../node-context.ts'
import type { OutputPort } from '../output-port.ts'
import type { InputRecord } from '../record-maker.ts'
import { isPlainRecord } from '../result-check.ts'
import { expansionLimit, faultHolds, faultWithoutSet, heldLimit } from './hold-faults.ts'
import { NodeRunner, STEP_SETS } from './node-runner.ts'
import { Work } from './work.ts'

const NOTHING_LENT: readonly unknown[] = []

/**
 * The execute form: one call per input set. A plain record is emitted at once; a promise, iterable or generator
 * becomes a Work, whose results leave in the order the sets were taken, each only when there is room.
 */
export class ExecuteRunner extends NodeRunner {
  readonly #body: RecordBody
  readonly #calls: Calls
  readonly #works: Work[] = []
  readonly #spare: RunContext[] = []
  /** Executions whose user code has not ended, abandoned ones included. */
  #slots = 0
  #flushed = false
  readonly #flushes: boolean
  /** Whether calls have leases of frames to give back. */
  readonly #leases: boolean
  /** Keys on which frames are lent. */
  #lentKeys: readonly string[] = []
  /** For nodes that keep content over calls: sets without an output yet. */
  readonly #holds: HoldSet | null
  #lastEnv: Env | null = null

  constructor(engine: Engine, settings: NodeSettings, body: RecordBody, calls: Calls) {
    super(engine, settings, body)
    this.#body = body
    this.#calls = calls
    this.#flushes = body.flush !== undefined
    this.#leases = this.pool !== null
    const keeps = settings.time === 'span' || settings.time === 'samples'
    this.#holds = keeps ? new HoldSet(engine) : null
  }

  override wired(delayUs: number): void {
    super.wired(delayUs)
    const { frameInputs } = this.settings
    const lending = this.ins.filter(({ key, frames }) => frames !== null && frameInputs.has(key))
    // Once each: several edges may lead to one key.
    this.#lentKeys = [...new Set(lending.map(({ key }) => key))]
  }

  protected override passesOn(): boolean {
    return this.#holds === null && this.times[0] == null
  }

  step(): void {
    this.sweep()
    for (let left = STEP_SETS; left >= 0 && this.state === 'open'; ) {
      if ((this.#works.length > 0 || this.#slots > 0) && !this.#mayTakeMore()) return
      left = this.#run(left)
    }
  }

  /** Gives what is ready; whether another set may be taken beside what is at work. */
  #mayTakeMore(): boolean {
    this.#pump()
    const { concurrency } = this.settings
    return this.state === 'open' && this.#works.length < concurrency && this.#slots < concurrency
  }

  /**
   * Takes sets as long as each is answered by a plain record or nothing. Gives how many are left of the step, −1 where
   * none can be taken now. What only other answers change is read once, before the loop.
   */
  #run(left: number): number {
    const { engine, context } = this
    const holds = this.#holds
    const port = this.ports[0] as OutputPort
    // The first set of a step is timed: every one at low rates, one of 64 at high rates. It has a call of its own,
    // because functions of one kind at a place of call are inlined there.
    const timed = left === STEP_SETS ? this.#calls.choose(true) : null
    const execute = this.#calls.choose(false)
    const queues = this.#works.length > 0 && this.settings.ordered
    for (; this.room(); left--) {
      if (left === 0) {
        engine.wake(this)
        return -1
      }
      const item = this.pick()
      if (item === null) {
        // Asked only here: the in-edges of a node that stopped are empty.
        if (this.state === 'open') this.#idle()
        return -1
      }
      this.taken++
      const stamp = engine.epoch
      const set = holds === null ? item : holds.add(item, stamp)
      if (this.#flushes) this.#lastEnv = item.env
      context.item = set
      let result: unknown
      try {
        const inputs = this.record(set) as Values
        if (timed !== null && left === STEP_SETS) {
          result = timed(inputs, context)
          left = engine.pace(left)
        } else result = execute(inputs, context)
        const edge = this.onlyEdge
        if (edge !== null && !queues && isPlainRecord(result)) {
          // The hot case: one key, read by one edge, in the set's own time. The set's count passes on.
          const value = this.only(result, port.key)
          if (value === undefined) this.#answered(set, 0)
          else {
            this.produced++
            port.handOn(edge, value, set.env, stamp, set.root)
          }
          if (this.#leases) this.#giveBack(this.#lent(set), context)
          continue
        }
      } catch (error) {
        this.#failed(set, error, stamp)
        if (this.#leases) this.#giveBack(this.#lent(set), context)
        return left - 1
      }
      if (result === undefined || result === null) {
        this.#answered(set, 0)
        if (this.#leases) this.#giveBack(this.#lent(set), context)
      } else {
        if (typeof result === 'object' && !isPlainRecord(result)) this.#begin(set, stamp, result, false)
        else if (queues) this.#queue(set, stamp, result)
        else {
          const given = this.#give(set, result, stamp)
          if (this.#leases) this.#giveBack(this.#lent(set), context)
          if (given) continue
        }
        return left - 1
      }
    }
    return -1
  }

  /** A result that is there before an older set's: it waits its turn. */
  #queue(set: Item, stamp: number, result: unknown): void {
    this.#newWork(set, stamp, false).ready(result)
  }

  /** One plain record, at once; false where it was none that the node may give. */
  #give(set: Item, result: unknown, stamp: number): boolean {
    try {
      this.#answered(set, this.#emit(set, result, stamp))
      return true
    } catch (error) {
      this.#failed(set, error, stamp)
      return false
    }
  }

  /** Emits a record of a set; where sets are held, it is made of all of them. */
  #emit(set: Item, result: unknown, stamp: number): number {
    const holds = this.#holds
    if (holds === null) return this.emit(result, set.env, stamp, set.root)
    this.checkResult(result)
    if (!this.ports.some((port) => (result as Record<string, unknown>)[port.key] !== undefined)) return 0
    const all = holds.merge()
    if (all === null) return this.emit(result, set.env, stamp, null)
    return this.emit(result, all.env, all.epoch, all.root)
  }

  /** A set is through. */
  #answered(set: Item, outputs: number): void {
    const holds = this.#holds
    if (holds === null) {
      if (outputs > 0 || this.settings.sink) this.produced++
      else this.filtered++
      this.settleOk(set)
    } else if (outputs > 0) holds.settleEmitted(this, this.okFate)
    else if (holds.size > this.settings.maxHeld) faultHolds(this, holds, heldLimit(this), 'fail')
  }

  /** A set threw; where an output was made of it and held ones already, all of them go. */
  #failed(set: Item, error: unknown, stamp: number): void {
    const holds = this.#holds
    if (holds === null || holds.remove(set)) this.fault(set, error, stamp)
    else faultHolds(this, holds, error, this.settings.onError)
  }

  // ── frames ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The values of a set that were lent with a lease of its own. */
  #lent(set: Item): readonly unknown[] {
    const keys = this.#lentKeys
    if (keys.length === 0) return NOTHING_LENT
    if (this.single !== null) return [set.value]
    const record = set.value as InputRecord
    return keys.map((key) => record[key])
  }

  /** The call is over: what it was lent, and what it made, goes back. */
  #giveBack(lent: readonly unknown[], context: RunContext): void {
    for (const value of lent) if (value instanceof AudioBuffer) releaseAudio(value)
    context[LENDER]?.end()
  }

  /** The same of a work, whose code has ended; once. */
  #endCall(work: Work): void {
    const { lent } = work
    if (lent === null) return
    work.lent = null
    this.#giveBack(lent, work.context)
  }

  // ── works ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #begin(item: Item, stamp: number, result: object, isFlush: boolean): void {
    const work = this.#newWork(item, stamp, isFlush)
    this.#slots++
    if (emissionForm(result) === 'promise')
      this.#wait(work, result as Promise<unknown>, (value) => this.#resolved(work, value))
    else work.iterate(result)
  }

  /** The context at work goes with the set. */
  #newWork(set: Item, stamp: number, isFlush: boolean): Work {
    const work = new Work(set, stamp, this.context, isFlush)
    if (this.#leases) work.lent = isFlush ? NOTHING_LENT : this.#lent(set)
    this.context = this.#spare.pop() ?? new RunContext(this)
    this.#works.push(work)
    return work
  }

  #resolved(work: Work, value: unknown): void {
    if (typeof value === 'object' && value !== null && emissionForm(value) !== 'record') return work.iterate(value)
    this.#slots--
    work.ready(value)
  }

  /** Completions only mark and wake: every push happens inside a turn. */
  #wait(work: Work, promise: PromiseLike<unknown>, done: (value: unknown) => void): void {
    this.engine.pending++
    promise.then(
      (value) => {
        this.engine.pending--
        if (work.abandoned) this.#close(work)
        else done(value)
        this.engine.wake(this)
      },
      (error: unknown) => {
        this.engine.pending--
        this.#slots--
        work.threw(error)
        if (work.abandoned) this.#endCall(work)
        this.engine.wake(this)
      },
    )
  }

  /** An abandoned execution has ended: its slot is free, and its iterable is told. */
  #close(work: Work): void {
    this.#slots--
    work.leave()
    if (work.abandoned) this.#endCall(work)
  }

  /** Gives what is ready, oldest first, while there is room. */
  #pump(): void {
    const works = this.#works
    for (let at = 0; at < works.length && this.state === 'open'; ) {
      const work = works[at] as Work
      if (work.busy) {
        if (this.settings.ordered) return
        at++
        continue
      }
      if (work.state === 'threw') {
        this.#remove(at)
        if (work.isFlush) this.#flushFailed(work.value)
        else this.#failed(work.item, work.value, work.stamp)
        this.#endCall(work)
      } else if (work.state === 'done') {
        this.#remove(at)
        this.#finished(work)
        this.#endCall(work)
      } else if (!this.room()) return
      else if (work.state === 'ready') {
        this.#output(work, work.value)
        if (work.state === 'ready') {
          this.#remove(at)
          this.#finished(work)
          this.#endCall(work)
        }
      } else if (work.state === 'holding') {
        const { value } = work
        work.value = undefined
        work.state = 'iterating'
        this.#output(work, value)
      } else this.#pull(work)
    }
  }

  #output(work: Work, value: unknown): void {
    if (value === undefined || value === null) return
    try {
      const given = this.#emit(work.item, value, work.stamp)
      if (given > 0) work.outputs++
      work.context[LENDER]?.gave()
      if (work.outputs > LIMITS.expansion) throw expansionLimit(this, 'of one input set')
    } catch (error) {
      if (work.state === 'iterating') this.#close(work)
      work.threw(error)
    }
  }

  #pull(work: Work): void {
    let next: unknown
    try {
      next = (work.iterator as Iterator<unknown>).next()
    } catch (error) {
      this.#slots--
      return work.threw(error)
    }
    if (typeof (next as PromiseLike<unknown>)?.then !== 'function')
      return this.#pulled(work, next as IteratorResult<unknown>)
    work.state = 'pulling'
    this.#wait(work, next as PromiseLike<unknown>, (result) => this.#pulled(work, result as IteratorResult<unknown>))
  }

  #pulled(work: Work, result: IteratorResult<unknown>): void {
    if (result.done) this.#slots--
    work.pulled(result)
  }

  #finished(work: Work): void {
    if (work.isFlush) return this.#flushDone()
    this.#calls.answered()
    this.#answered(work.item, work.outputs)
  }

  #remove(at: number): void {
    const [work] = this.#works.splice(at, 1) as [Work]
    work.context.item = null
    if (this.#spare.length < this.settings.concurrency) this.#spare.push(work.context)
  }

  // ── flush and ends ──────────────────────────────────────────────────────────────────────────────────────────────

  #idle(): void {
    if (this.#works.length > 0) return
    if (this.#holds === null || this.#holds.size === 0) this.handMarksOn()
    const over = this.over()
    if (over === null) return
    if (over !== 'ended') {
      this.#settleHolds('failed', FATE.failed, null)
      return this.fail(over)
    }
    if (this.#flushed || this.#body.flush === undefined) return this.#flushDone()
    this.#flushed = true
    const item = this.#flushItem()
    this.context.item = item
    try {
      const result = this.#body.flush(this.context)
      if (result === undefined || result === null) {
        this.context[LENDER]?.end()
        return this.#flushDone()
      }
      // A plain record too: it waits for room like any other result.
      const iterable = typeof result === 'object' && emissionForm(result) === 'record' ? [result] : result
      this.#begin(item, this.engine.epoch, iterable, true)
      this.engine.wake(this)
    } catch (error) {
      this.context[LENDER]?.end()
      this.#flushFailed(error)
    }
  }

  #flushItem(): Item {
    const env = this.#lastEnv ?? new Env(this.id, 0, 0, this.engine.clock.now())
    return new Item(undefined, this.notBeforeMark(env), 0, this.engine.epoch, null)
  }

  #flushFailed(error: unknown): void {
    if (this.#holds !== null && this.#holds.size > 0) faultHolds(this, this.#holds, error, this.settings.onError)
    else faultWithoutSet(this, error, this.settings.onError)
    if (this.state === 'open') this.#flushDone()
  }

  #flushDone(): void {
    this.#holds?.settleEmitted(this, this.okFate)
    this.#settleHolds('filtered', FATE.filtered, null)
    this.stop(this.leftover())
  }

  #settleHolds(counter: 'filtered' | 'failed' | 'cancelled', fate: Fate, kept: Item | null): void {
    this.#holds?.settleAll(this, counter, fate, kept)
  }

  // ── interruption ────────────────────────────────────────────────────────────────────────────────────────────────

  abort(): void {
    this.signals.abort(this.engine.interruption)
    let survivor: Item | null = null
    for (let at = this.#works.length - 1; at >= 0; at--) {
      const work = this.#works[at] as Work
      if (!work.isFlush && (work.stamp >= this.leastEpoch || work.item.env.survive)) {
        survivor = work.item
        continue
      }
      this.#works.splice(at, 1)
      this.#abandon(work)
    }
    if (this.#holds === null) return
    this.#settleHolds('cancelled', FATE.cancelled, survivor)
    // What the node still keeps of them must not come out later.
    if (survivor === null) this.controls.reset()
  }

  protected quit(): void {
    for (const work of this.#works.splice(0)) this.#abandon(work)
    this.#settleHolds('cancelled', FATE.cancelled, null)
  }

  /** Settled at once; a deaf execution keeps its slot, and its context, until it ends. */
  #abandon(work: Work): void {
    work.abandoned = true
    work.context.abandoned = this.engine.interruption
    if (!work.busy && work.iterator !== null) this.#close(work)
    else if (!work.busy) this.#endCall(work)
    if (work.isFlush || this.#holds !== null) return
    this.cancelled++
    this.engine.settle(work.item, FATE.cancelled)
  }

  override executing(): number {
    return this.#holds !== null ? 0 : this.#works.filter((work) => !work.isFlush).length
  }

  override busy(): boolean {
    return this.#slots > 0
  }

  override held(): number {
    return this.#holds?.size ?? 0
  }

  override walk(visit: (root: Root | null) => void): void {
    this.#holds?.walk(visit)
    if (this.#holds === null) for (const work of this.#works) visit(work.item.root)
  }
}
