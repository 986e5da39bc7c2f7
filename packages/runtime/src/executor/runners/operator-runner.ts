import { NodeExecutionError } from '@anabranch/plugin-sdk'
import { type Derivation, derivationOf, LIMITS, nodeError, type RecordBody, rxjs } from '@anabranch/plugin-sdk/host'
import type { Subscription } from 'rxjs'
import type { Env } from '../../edges/env.ts'
import { FATE } from '../../edges/fate.ts'
import type { Item } from '../../edges/item.ts'
import type { Root } from '../../edges/root.ts'
import { expansionLimit, faultHolds, faultWithoutSet, heldLimit } from './hold-faults.ts'
import { STEP_SETS } from './node-runner.ts'
import { WholeStreamRunner } from './whole-stream-runner.ts'

/**
 * The operator form: the whole stream goes through one RxJS operator. What an output is made of follows from the
 * lineage: `each`, everything emitted inside `next(x)` is of x; `span`, of the hold set; `derived`, as `derived()` says.
 *
 * Nothing that the operator calls may throw or stop the node at once: rxjs would rethrow from a timer and end the
 * process, and the operator may call back while it is still inside `next` or `subscribe`. So callbacks set flags, and
 * `step` acts on them.
 */
export class OperatorRunner extends WholeStreamRunner {
  #input = new (rxjs().Subject)<Record<string, unknown>>()
  #subscription: Subscription | null = null
  /** Changes with every subscription, so that a replaced operator is not heard any more. */
  #generation = 0
  /** `each`: the set inside next(). */
  #each: Item | null = null
  /** `derived`: which set a record given to next() stands for. */
  #given = new Map<object, Item>()
  #inNext = false
  /** Emissions of the synchronous run under way. */
  #run = 0
  #subscribed = false
  #completed = false
  /** What a callback met, to be acted on when the operator has returned. */
  #errored: { readonly thrown: unknown; told: boolean } | null = null
  #fatal: Error | null = null

  /** Completed input, but no completion out of it yet. */
  override completing(): boolean {
    return this.ending && !this.#completed
  }

  step(): void {
    this.#endRun()
    this.sweep()
    for (let left = STEP_SETS; this.state === 'open'; left--) {
      if (!this.#settled()) return
      if (this.succession !== null) return this.#subscribed ? this.giveWay(this.succession) : this.succession.handOver()
      if (!this.room()) return
      if (!this.#subscribed) {
        this.#subscribe()
        continue
      }
      const { lineage, maxHeld } = this.settings
      if (lineage !== 'each' && this.holds.size >= maxHeld && this.ins.some((edge) => !edge.empty)) {
        if (lineage === 'derived') return // It says itself when a set is through; until then nothing more is taken.
        return faultHolds(this, this.holds, heldLimit(this), 'fail')
      }
      if (left === 0) return this.engine.wake(this)
      const item = this.ending ? null : this.pick()
      if (item === null) return this.#idle()
      this.#next(item)
    }
  }

  /** Acts on what callbacks left; false where the node is done or has to wait. */
  #settled(): boolean {
    if (this.#fatal !== null) {
      faultHolds(this, this.holds, this.#fatal, 'fail')
      return false
    }
    if (this.#errored !== null) this.#restart()
    if (this.state !== 'open') return false
    if (this.#completed) {
      this.#run = 0
      this.givenAll()
      return false
    }
    return true
  }

  #next(item: Item): void {
    this.taken++
    const stamp = this.engine.epoch
    const record = this.record(item)
    this.context.item = item
    this.#inNext = true
    if (this.settings.lineage === 'each') {
      this.#each = item
      this.lastEnv = item.env
      this.lastEpoch = stamp
      this.#input.next(record)
      this.#inNext = false
      this.#endEach(item)
      return
    }
    const held = this.holds.add(item, stamp)
    if (this.settings.lineage === 'derived') {
      // A record of its own per set, so that its identity stands for the set.
      const own = { ...record }
      this.#given.set(own, held)
      this.#input.next(own)
    } else this.#input.next(record)
    this.#inNext = false
    if (this.#run > 0) this.#endRun()
  }

  /** What `next(x)` gave is of x; what gave nothing is filtered. An error inside it is x's. */
  #endEach(item: Item): void {
    if (this.#each === null) return
    this.#each = null
    if (this.#fatal !== null) {
      this.#run = 0
      const error = nodeError(this.#fatal, this.id)
      this.failed++
      this.engine.settle(item, FATE.failed)
      return faultWithoutSet(this, error, 'fail')
    }
    if (this.#errored !== null) {
      this.#run = 0
      this.#errored.told = true
      return this.fault(item, this.#errored.thrown, this.lastEpoch)
    }
    if (this.#run > 0 || this.settings.sink) this.produced++
    else this.filtered++
    this.#run = 0
    this.settleOk(item)
  }

  // ── callbacks of the operator ───────────────────────────────────────────────────────────────────────────────────

  #subscribe(): void {
    this.#subscribed = true
    this.#input = new (rxjs().Subject)()
    const generation = ++this.#generation
    const live = () => this.#generation === generation && this.state === 'open'
    this.#inNext = true
    try {
      this.#subscription = ((this.body as RecordBody).operator as NonNullable<RecordBody['operator']>)
        .call(
          this.body as RecordBody,
          this.context,
        )(this.#input as never)
        .subscribe({
          next: (value) => live() && this.#onNext(value),
          error: (thrown: unknown) => live() && this.#onError(thrown),
          complete: () => live() && this.#onComplete(),
        })
    } catch (thrown) {
      this.#onError(thrown)
    }
    this.#inNext = false
    if (this.#run > 0) this.#endRun()
  }

  #onNext(value: unknown): void {
    this.engine.touch()
    if (this.#run++ >= LIMITS.expansion) {
      this.#fatal ??= expansionLimit(this, 'in one run')
    } else
      try {
        this.#emitted(value)
      } catch (thrown) {
        this.#fatal ??= nodeError(thrown, this.id)
      }
    // A timer's run shares the hold set until the node's turn.
    if (!this.#inNext) this.engine.wake(this)
  }

  #onError(thrown: unknown): void {
    this.#errored = { thrown, told: false }
    if (!this.#inNext) this.engine.wake(this)
  }

  #onComplete(): void {
    this.#completed = true
    if (!this.#inNext) this.engine.wake(this)
  }

  #emitted(value: unknown): void {
    if (this.#fatal !== null) return
    if (this.#each !== null) {
      this.emit(value, this.#gapped(this.#each.env), this.lastEpoch, this.#each.root)
      return
    }
    const derivation = typeof value === 'object' && value !== null ? derivationOf(value) : undefined
    if (this.settings.lineage === 'derived') return this.#derivedOutput(value, derivation)
    const all = this.holds.merge()
    if (all === null) this.emit(value, this.#gapped(this.notBeforeMark(this.lastEnv)), this.lastEpoch, null)
    else {
      this.lastEnv = all.env
      this.lastEpoch = all.epoch
      this.emit(value, this.#gapped(all.env), all.epoch, all.root)
    }
  }

  /** An output with the sets that it names; they are settled unless `more` comes of them. */
  #derivedOutput(value: unknown, derivation: Derivation | undefined): void {
    if (derivation === undefined)
      throw new NodeExecutionError(`node "${this.id}" has lineage: derived, but an output was not made by derived()`, {
        retryable: false,
        fix: 'emit derived(inputs, outputs)',
      })
    const sets = derivation.inputs.flatMap((record) => this.#given.get(record) ?? [])
    const [first] = sets
    let emitted = 0
    if (!derivation.empty) {
      if (first === undefined)
        emitted = this.emit(value, this.#gapped(this.notBeforeMark(this.lastEnv)), this.lastEpoch, null)
      else emitted = this.#emitOf(sets, value)
    }
    if (derivation.more) return
    for (const record of derivation.inputs) this.#given.delete(record)
    for (const set of sets) {
      if (!this.holds.remove(set)) continue
      if (emitted === 0) this.filtered++
      else if (sets.length === 1) this.produced++
      else this.absorbed++
      this.engine.roots.release(set.root, this.okFate)
    }
  }

  /** One output of several sets: a group over their roots lives as long as the output does. */
  #emitOf(sets: readonly Item[], value: unknown): number {
    const [first] = sets as readonly [Item, ...Item[]]
    this.lastEnv = first.env
    this.lastEpoch = sets.reduce((least, { epoch }) => Math.min(least, epoch), first.epoch)
    if (sets.length === 1) return this.emit(value, this.#gapped(first.env), first.epoch, first.root)
    for (const { root } of sets) if (root !== null) root.count++
    const group = this.engine.roots.fuse(sets)
    const given = this.emit(value, this.#gapped(first.env), this.lastEpoch, group)
    this.engine.roots.release(group, FATE.filtered)
    return given
  }

  /** The first output after a restart says that something is missing. */
  #gapped(env: Env): Env {
    if (!this.discont) return env
    this.discont = false
    const gap = env.copy()
    gap.discont = true
    return gap
  }

  // ── ends, failures, interruption ────────────────────────────────────────────────────────────────────────────────

  protected endInput(): void {
    this.ending = true
    this.#inNext = true
    this.#input.complete()
    this.#inNext = false
    this.engine.wake(this)
  }

  protected anew(): void {
    this.#completed = false
    this.abort()
  }

  /** The synchronous run that emitted is over: what it was made of is settled. */
  #endRun(): void {
    this.#run = 0
    this.holds.settleEmitted(this, this.okFate)
  }

  #idle(): void {
    if (this.holds.size === 0 && !this.settings.timed) this.handMarksOn()
    if (this.ending) return
    const over = this.over()
    if (over === null) return
    if (over !== 'ended') {
      this.holds.settleAll(this, 'failed', FATE.failed)
      return this.fail(over)
    }
    this.endInput()
  }

  /** The operator errored: its hold set goes by `on_error`; with skip and dead-letter it is made anew, so many times. */
  #restart(): void {
    const { thrown, told } = this.#errored as { thrown: unknown; told: boolean }
    this.#errored = null
    this.#endRun()
    this.#given.clear()
    const { onError } = this.settings
    if (this.holds.size > 0) faultHolds(this, this.holds, thrown, onError)
    else if (!told) faultWithoutSet(this, thrown, onError)
    if (this.state !== 'open') return
    if (!this.restarts.allowed(this, thrown)) return faultWithoutSet(this, thrown, 'fail')
    this.#subscribed = false
    this.discont = true
    if (this.ending) this.#completed = true
  }

  abort(): void {
    this.#generation++
    this.#subscription?.unsubscribe()
    this.#subscription = null
    this.signals.abort(this.engine.interruption)
    this.#run = 0
    this.#given.clear()
    this.#errored = null
    this.holds.settleAll(this, 'cancelled', FATE.cancelled)
    if (this.ending) this.#completed = true
    this.#subscribed = false
  }

  protected quit(): void {
    this.#endRun()
    this.holds.settleAll(this, 'cancelled', FATE.cancelled)
    this.#generation++
    this.#subscription?.unsubscribe()
    this.#given.clear()
  }

  override held(): number {
    return super.held() + (this.#each === null ? 0 : 1)
  }

  override walk(visit: (root: Root | null) => void): void {
    super.walk(visit)
    if (this.#each !== null) visit(this.#each.root)
  }
}
