import type { RecordBody } from '@anabranch/plugin-sdk/host'
import { FATE } from '../../edges/fate.ts'
import type { NodeSettings } from '../../graph/node-settings.ts'
import type { Histogram } from '../../telemetry/histogram.ts'
import type { Engine } from '../engine.ts'
import { faultHolds, faultWithoutSet, heldLimit } from './hold-faults.ts'
import { WholeStreamRunner } from './whole-stream-runner.ts'

type Next = IteratorResult<unknown, undefined>

/**
 * The stream form: async iterable in, async iterable out. A set is taken only when the body asks for its next input,
 * and an output is pulled only when there is room. Lineage is `span` (an output is made of all sets taken since the
 * last one) or `each` (of the last set taken; asking for the next set settles it).
 */
export class StreamRunner extends WholeStreamRunner {
  readonly #durations: Histogram | null
  /** When the oldest of the sets was taken that no output was made of, ms. */
  #since = 0
  #out: AsyncIterator<unknown> | null = null
  /** Resolves the body's request for an input, where it has one open. */
  #wanted: ((next: Next) => void) | null = null
  #pulling = false
  #counted = 0
  /** An output that waits for room. */
  #ready: { readonly value: unknown } | null = null
  #thrown: { readonly error: unknown } | null = null
  #ended = false
  #generation = 0

  /** Into `durations` goes how long each output took, from the first set that it is made of. */
  constructor(engine: Engine, settings: NodeSettings, body: RecordBody, durations: Histogram | null) {
    super(engine, settings, body)
    this.#durations = durations
  }

  override completing(): boolean {
    return this.ending && !this.#ended
  }

  step(): void {
    this.sweep()
    while (this.state === 'open') {
      if (this.#thrown !== null) this.#restart()
      else if (this.#ended && this.#ready === null) return this.#finish()
      else if (!this.room()) return
      else if (this.#ready !== null) this.#emit()
      else if (this.#out === null && this.succession !== null) return this.succession.handOver()
      else if (this.#out === null) this.#open()
      else if (!this.#pulling) this.#pull()
      else if (this.#wanted === null || !this.#feed()) return
    }
  }

  /** Gives the body the next set; false where there is none now. */
  #feed(): boolean {
    if (this.ending) return false
    if (this.succession !== null) {
      this.giveWay(this.succession)
      return false
    }
    if (this.settings.lineage === 'each') this.settleTaken()
    else if (this.holds.size >= this.settings.maxHeld && this.ins.some((edge) => !edge.empty)) {
      faultHolds(this, this.holds, heldLimit(this), 'fail')
      return false
    }
    const item = this.pick()
    if (item !== null) {
      this.taken++
      if (this.holds.size === 0) this.#since = this.engine.clock.now()
      const held = this.holds.add(item, this.engine.epoch)
      this.context.item = held
      this.lastEnv = held.env
      this.lastEpoch = held.epoch
      this.#answer({ done: false, value: this.record(item) })
      return false // The body runs in a microtask; what it does next wakes the node.
    }
    const over = this.over()
    if (over === null) return false
    if (over !== 'ended') {
      this.holds.settleAll(this, 'failed', FATE.failed)
      this.fail(over)
      return false
    }
    this.endInput()
    return false
  }

  /** A body that works elsewhere idles until its step, which is short: what takes long is not in it. */
  #wake(): void {
    if (this.settings.elsewhere) this.engine.wakeFirst(this)
    else this.engine.wake(this)
  }

  protected endInput(): void {
    this.ending = true
    this.#answer({ done: true, value: undefined })
  }

  protected anew(): void {
    this.#ended = false
    this.abort()
  }

  #answer(next: Next): void {
    const wanted = this.#wanted
    this.#wanted = null
    this.#count()
    wanted?.(next)
  }

  /** A stream waits for somebody else unless its body waits for us. */
  #count(): void {
    const outstanding = this.#pulling && this.#wanted === null ? 1 : 0
    this.engine.pending += outstanding - this.#counted
    this.#counted = outstanding
  }

  #open(): void {
    const generation = ++this.#generation
    const inputs: AsyncIterable<unknown> = {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise<Next>((resolve) => {
            if (this.#generation !== generation || this.ending || this.state !== 'open')
              return resolve({ done: true, value: undefined })
            this.#wanted = resolve
            this.#count()
            this.#wake()
          }),
        return: async () => ({ done: true, value: undefined }),
      }),
    }
    try {
      const stream = ((this.body as RecordBody).stream as NonNullable<RecordBody['stream']>).call(
        this.body as RecordBody,
        inputs as never,
        this.context,
      )
      this.#out = stream[Symbol.asyncIterator]()
    } catch (error) {
      this.#thrown = { error }
    }
  }

  #pull(): void {
    const generation = this.#generation
    this.#pulling = true
    this.#count()
    const settle = (act: () => void) => {
      if (this.#generation !== generation) return
      this.#pulling = false
      this.#count()
      act()
      this.#wake()
    }
    let next: Promise<IteratorResult<unknown>>
    try {
      next = Promise.resolve((this.#out as AsyncIterator<unknown>).next())
    } catch (error) {
      next = Promise.reject(error)
    }
    next.then(
      (result) =>
        settle(() => {
          if (result.done) this.#ended = true
          else this.#ready = { value: result.value }
        }),
      (error: unknown) =>
        settle(() => {
          this.#thrown = { error }
        }),
    )
  }

  #emit(): void {
    const { value } = this.#ready as { value: unknown }
    this.#ready = null
    if (value === undefined || value === null) return
    const all = this.settings.lineage === 'each' ? (this.holds.current ?? this.holds.merge()) : this.holds.merge()
    if (all !== null) this.#durations?.record((this.engine.clock.now() - this.#since) * 1000)
    let env = all?.env ?? this.lastEnv
    if (this.discont) {
      this.discont = false
      env = env.copy()
      env.discont = true
    }
    try {
      this.emit(value, env, all?.epoch ?? this.lastEpoch, all?.root ?? null)
    } catch (error) {
      this.#thrown = { error }
      return
    }
    if (this.settings.lineage !== 'each') this.holds.settleEmitted(this, this.okFate)
  }

  #finish(): void {
    this.givenAll()
  }

  #restart(): void {
    const { error } = this.#thrown as { error: unknown }
    this.#thrown = null
    if (this.holds.size > 0) faultHolds(this, this.holds, error, this.settings.onError)
    else faultWithoutSet(this, error, this.settings.onError)
    if (this.state !== 'open') return
    if (!this.restarts.allowed(this, error)) return faultWithoutSet(this, error, 'fail')
    this.discont = true
    this.#close()
    if (this.ending) this.#ended = true
  }

  /** Leaves the body behind: it gets its end, and whatever it still gives is ignored. */
  #close(): void {
    this.#generation++
    const [out, pulling] = [this.#out, this.#pulling]
    this.#out = null
    this.#ready = null
    this.#pulling = false
    const wanted = this.#wanted
    this.#wanted = null
    this.#count()
    wanted?.({ done: true, value: undefined })
    // A generator with an open next() must not get return(): it ends by the end of its input.
    if (!pulling) out?.return?.()?.then?.(undefined, () => undefined)
  }

  abort(): void {
    this.#close()
    this.#thrown = null
    this.signals.abort(this.engine.interruption)
    this.holds.settleAll(this, 'cancelled', FATE.cancelled)
    if (this.ending) this.#ended = true
  }

  protected quit(): void {
    this.#close()
    this.holds.settleEmitted(this, this.okFate)
    this.holds.settleAll(this, 'cancelled', FATE.cancelled)
  }
}
