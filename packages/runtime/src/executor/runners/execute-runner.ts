import type { Values } from '@anabranch/plugin-sdk'
import { emissionForm, LENDER, LIMITS, type NextTime, type RecordBody } from '@anabranch/plugin-sdk/host'
import type { Edge } from '../../edges/edge.ts'
import { Env } from '../../edges/env.ts'
import { FATE } from '../../edges/fate.ts'
import { Item } from '../../edges/item.ts'
import type { Root } from '../../edges/root.ts'
import type { NodeSettings } from '../../graph/node-settings.ts'
import type { Engine } from '../engine.ts'
import { HoldSet } from '../hold-set.ts'
import type { Calls } from '../layers/layered.ts'
import { RunContext } from '../node-context.ts'
import type { OutputPort } from '../output-port.ts'
import { isPlainRecord } from '../result-check.ts'
import { CallLeases } from './call-leases.ts'
import { Executions } from './executions.ts'
import type { FollowingNode, LeadingNode } from './followers.ts'
import { areOrdinary, isOrdinary, madeOf, tellTime } from './fused-sets.ts'
import { expansionLimit, faultHolds, faultWithoutSet, heldLimit } from './hold-faults.ts'
import { NodeRunner, STEP_SETS } from './node-runner.ts'
import type { Successor } from './succession.ts'
import { Work } from './work.ts'

/**
 * The execute form: one call per input set. A plain record is emitted at once; a promise, iterable or generator
 * becomes a Work, whose results leave in the order the sets were taken, each only when there is room.
 */
export class ExecuteRunner extends NodeRunner implements FollowingNode, LeadingNode {
  #body: RecordBody
  #calls: Calls
  readonly #works: Work[] = []
  readonly #spare: RunContext[] = []
  #executions: Executions
  readonly #workEnded = (work: Work) => this.#leases?.workEnded(work)
  #flushes: boolean
  /** The frames of its calls; null where it has none. */
  readonly #leases: CallLeases | null
  /** For nodes that keep content over calls: sets without an output yet. */
  readonly #holds: HoldSet | null
  #lastEnv: Env | null = null
  /** The set that its code works on now, where others follow it. */
  #atWork: Item | null = null

  constructor(engine: Engine, settings: NodeSettings, body: RecordBody, calls: Calls) {
    super(engine, settings, body)
    this.#body = body
    this.#calls = calls
    this.#flushes = body.flush !== undefined
    this.#leases = this.pool === null ? null : new CallLeases()
    this.#executions = new Executions(engine, this, this.#workEnded)
    const keeps = settings.time === 'span' || settings.time === 'samples'
    this.#holds = keeps ? new HoldSet(engine) : null
  }

  override wired(delayUs: number): void {
    super.wired(delayUs)
    this.#leases?.wired(this.ins, this.settings.frameInputs, this.single !== null)
  }

  protected override passesOn(): boolean {
    return this.#holds === null && this.times[0] == null
  }

  step(sets = STEP_SETS): void {
    this.sweep()
    for (let left = sets; left >= 0 && this.state === 'open'; ) {
      const free = (this.#works.length === 0 && this.#executions.running === 0) || this.#mayTakeMore()
      if (this.succession !== null) return this.#idle()
      if (!free) return
      left = this.#run(left)
    }
  }

  /** Gives what is ready; whether another set may be taken beside what is at work. */
  #mayTakeMore(): boolean {
    this.#pump()
    const { concurrency } = this.settings
    return this.state === 'open' && this.#works.length < concurrency && this.#executions.running < concurrency
  }

  /**
   * Takes sets as long as each is answered by a plain record or nothing. Gives how many are left of the step, −1 where
   * none can be taken now. What only other answers change is read once, before the loop.
   */
  #run(left: number): number {
    const { engine, context, followers } = this
    const holds = this.#holds
    const leases = this.#leases
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
      if (followers !== null) this.#atWork = set
      const first = timed !== null && left === STEP_SETS
      let result: unknown
      try {
        const inputs = this.record(set) as Values
        if (first) {
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
          leases?.ended(set, context)
          if (followers !== null) followers.goOn(first)
          continue
        }
      } catch (error) {
        this.#failed(set, error, stamp)
        leases?.ended(set, context)
        return left - 1
      }
      if (result === undefined || result === null) {
        this.#answered(set, 0)
        leases?.ended(set, context)
      } else {
        if (typeof result === 'object' && !isPlainRecord(result))
          this.#executions.begin(this.#newWork(set, stamp, false), result)
        // Before an older set's: it waits its turn.
        else if (queues) this.#newWork(set, stamp, false).ready(result)
        else {
          const given = this.#give(set, result, stamp)
          leases?.ended(set, context)
          if (followers !== null) followers.goOn(first)
          if (given) continue
        }
        return left - 1
      }
    }
    return -1
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

  // ── fused runs ──────────────────────────────────────────────────────────────────────────────────────────────────

  takesAtOnce(): boolean {
    const free = this.#works.length === 0 && this.#executions.running === 0 && (this.single as Edge).empty
    const open = this.state === 'open' && !this.dirty && !this.controls.waiting && this.#calls.healthy
    return open && free && areOrdinary(this.#holds) && this.room()
  }

  mayLead(): boolean {
    return this.#atWork !== null && isOrdinary(this.#atWork) && areOrdinary(this.#holds)
  }

  tellTime(time: NextTime, port: number): boolean {
    return tellTime(time, this.times[port] ?? null, madeOf(this.#holds, this.#atWork))
  }

  // ── works ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The context at work goes with the set, which is executing and not held until it answers. */
  #newWork(set: Item, stamp: number, isFlush: boolean): Work {
    const work = new Work(set, stamp, this.context, isFlush)
    if (!isFlush) this.#holds?.remove(set)
    this.#leases?.begun(work)
    this.context = this.#spare.pop() ?? new RunContext(this)
    this.#works.push(work)
    return work
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
      if (this.#holds !== null) work.hold(this.#holds)
      if (work.state === 'threw') {
        this.#remove(at)
        if (work.isFlush) this.#flushFailed(work.value)
        else this.#failed(work.item, work.value, work.stamp)
        this.#leases?.workEnded(work)
      } else if (work.state === 'done') this.#finished(at, work)
      else if (!this.room()) return
      else if (work.state === 'ready') {
        this.#output(work, work.value)
        if (work.state === 'ready') this.#finished(at, work)
        this.followers?.goOn(true)
      } else if (work.state === 'holding') {
        const { value } = work
        work.value = undefined
        work.state = 'iterating'
        this.#output(work, value)
        this.followers?.goOn(true)
      } else {
        // What comes of a flush may be moved in time: that those after it learn from the item alone.
        this.#atWork = work.isFlush ? null : work.item
        this.#executions.pull(work)
      }
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
      if (work.state === 'iterating') this.#executions.close(work)
      work.threw(error)
    }
  }

  #finished(at: number, work: Work): void {
    this.#remove(at)
    if (work.isFlush) this.#flushDone()
    else {
      this.#calls.answered()
      this.#answered(work.item, work.outputs)
    }
    this.#leases?.workEnded(work)
  }

  #remove(at: number): void {
    const [work] = this.#works.splice(at, 1) as [Work]
    work.context.item = null
    if (this.#spare.length < this.settings.concurrency) this.#spare.push(work.context)
  }

  // ── flush and ends ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Nothing to take: its end, or the end of its body. */
  #idle(): void {
    if (this.#works.length > 0 || this.state !== 'open') return
    if (this.#holds === null || this.#holds.size === 0) this.handMarksOn()
    const over = this.over()
    if (over === null && (this.succession === null || this.controls.busy)) return
    if (over !== null && over !== 'ended') {
      this.#holds?.settleAll(this, 'failed', FATE.failed)
      return this.fail(over)
    }
    if (over !== null && !this.ending) this.succession?.nodeEnded()
    if (this.ending || this.#body.flush === undefined) return this.#flushDone()
    this.ending = true
    const env = this.notBeforeMark(this.#lastEnv ?? new Env(this.id, 0, 0, this.engine.clock.now()))
    const item = new Item(undefined, env, 0, this.engine.epoch, null)
    this.context.item = item
    try {
      const result = this.#body.flush(this.context)
      if (result === undefined || result === null) {
        this.context[LENDER]?.end()
        return this.#flushDone()
      }
      // A plain record too: it waits for room like any other result.
      const iterable = typeof result === 'object' && emissionForm(result) === 'record' ? [result] : result
      this.#executions.begin(this.#newWork(item, this.engine.epoch, true), iterable)
      this.engine.wake(this)
    } catch (error) {
      this.context[LENDER]?.end()
      this.#flushFailed(error)
    }
  }

  #flushFailed(error: unknown): void {
    if (this.#holds !== null && this.#holds.size > 0) faultHolds(this, this.#holds, error, this.settings.onError)
    else faultWithoutSet(this, error, this.settings.onError)
    if (this.state === 'open') this.#flushDone()
  }

  #flushDone(): void {
    this.#holds?.settleEmitted(this, this.okFate)
    this.#holds?.settleAll(this, 'filtered', FATE.filtered)
    if (this.succession === null) this.stop(this.leftover())
    else this.succession.handOver()
  }

  // ── interruption ────────────────────────────────────────────────────────────────────────────────────────────────

  abort(): void {
    this.signals.abort(this.engine.interruption)
    for (let at = this.#works.length - 1; at >= 0; at--) {
      const work = this.#works[at] as Work
      if (!work.isFlush && (work.stamp >= this.leastEpoch || work.item.env.survive)) continue
      this.#works.splice(at, 1)
      this.#abandon(work)
    }
    if (this.#holds === null) return
    const survivor = this.#works.find(({ held }) => held)?.item ?? null
    this.#holds.settleAll(this, 'cancelled', FATE.cancelled, survivor)
    // What the node still keeps of them must not come out later.
    if (this.#works.length === 0) this.controls.reset()
  }

  protected quit(): void {
    for (const work of this.#works.splice(0)) this.#abandon(work)
    this.#holds?.settleAll(this, 'cancelled', FATE.cancelled)
  }

  /** Settled at once; a deaf execution keeps its slot, and its context, until it ends. */
  #abandon(work: Work): void {
    work.abandoned = true
    work.context.abandoned = this.engine.interruption
    if (!work.busy && work.iterator !== null) this.#executions.close(work)
    else if (!work.busy) this.#leases?.workEnded(work)
    if (work.isFlush || work.held) return
    this.cancelled++
    this.engine.settle(work.item, FATE.cancelled)
  }

  override dropTail(): void {
    this.quit()
    this.#executions = new Executions(this.engine, this, this.#workEnded)
  }

  override adopt(successor: Successor): void {
    super.adopt(successor)
    this.#body = successor.body
    this.#calls = successor.calls as Calls
    this.#flushes = successor.body.flush !== undefined
  }

  override executing(): number {
    return this.#works.filter((work) => !work.isFlush && !work.held).length
  }

  override busy(): boolean {
    return this.#executions.running > 0
  }

  override held(): number {
    return this.#holds?.size ?? 0
  }

  override walk(visit: (root: Root | null) => void): void {
    this.#holds?.walk(visit)
    for (const work of this.#works) if (!work.held) visit(work.item.root)
  }
}
