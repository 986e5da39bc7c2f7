import {
  type AnabranchError,
  CancelledError,
  isAnabranchError,
  LimitExceededError,
  MarshalingError,
  type Values,
  WorkerLostError,
} from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { AbortWatch } from './abort-watch.ts'
import { type Answers, Call, type CallOptions, firstOutput, NO_VALUES } from './call.ts'
import { Crashes } from './crashes.ts'
import type { Link } from './link.ts'
import { FLAG, KIND, type Kind, type Packet } from './packet.ts'
import { remoteError } from './remote-error.ts'

/**
 * The calls of one open node, seen from its host: keeps at most `window` of them with the worker, matches answers by the
 * number they name, and drops what nobody waits for. It outlives workers: what was not sent to the one that ended goes to
 * the next.
 */
export class Channel {
  readonly #window: number
  readonly #node: string
  readonly #timedOut: (call: Call) => void
  readonly #aborts = new AbortWatch<Call>((call, signal) => this.#aborted(call, signal))
  readonly #waiting: Call[] = []
  /** In the order in which they were handed to the link. */
  readonly #calls: Call[] = []
  /** Of calls whose time was up when the worker ended. */
  readonly #expired: Call[] = []
  readonly #crashes: Crashes
  #link: Link | null = null
  #open = false
  /** Why nothing can be sent, until a worker is opened again. */
  #failed: Error | null = null
  #stale = 0
  #alone = false

  /** `timedOut` is told of a call whose time was up while the worker had it. */
  constructor(node: string, window: number, timedOut: (call: Call) => void = () => undefined) {
    this.#node = node
    this.#crashes = new Crashes(node)
    this.#window = window
    this.#timedOut = timedOut
  }

  /** Calls that nobody has answered. */
  get inFlight(): number {
    return this.#calls.length + this.#waiting.length
  }

  /** Answers that nobody waited for any more: late ones, doubled ones, those of an earlier attempt or epoch. */
  get stale(): number {
    return this.#stale
  }

  /** How often a worker ended while it had these inputs. */
  crashes(values: Values): number {
    return this.#crashes.of(values)
  }

  /** Sends one packet, or lets it wait for room. */
  call(kind: Kind, values: Values, options: CallOptions, answers: Answers): Call {
    const call = new Call(kind, values, options, kind === KIND.data && this.crashes(values) > 0, answers)
    const { signal } = options
    const refusal = this.#failed ?? this.#refusal(call)
    if (refusal !== null) call.fail(refusal)
    else if (signal?.aborted) call.fail(cancelled(signal))
    else {
      call.onSettled(this.#aborts.add(call, signal))
      if (call.counted) this.#waiting.push(call)
      else this.#send(call)
      this.#proceed()
    }
    return call
  }

  /** The same for a packet that has one answer or none: its first output, or what a ready or an end says. */
  request(kind: Kind, values: Values, options: CallOptions = {}): Promise<Values | undefined> {
    return new Promise((resolve, reject) => {
      this.call(kind, values, options, firstOutput(resolve, reject))
    })
  }

  /** Nobody wants the rest of the answers. */
  leave(call: Call): void {
    this.#interrupt(call, new CancelledError('nobody reads the outputs any more'))
  }

  /** The reader took an output; the worker may make another. */
  took(call: Call): void {
    call.taken++
    if (call.settled || call.taken % (LIMITS.outputs_ahead / 2) !== 0) return
    const link = this.#link
    if (link === null) return
    if (call.credit !== null) link.withdraw(call.credit)
    call.credit = link.send(this.#packet(KIND.credit, { taken: call.taken }, call), true, () => undefined)
  }

  /** Opens the node in a worker, over this link. What waits is sent when it is open. */
  open(link: Link, values: Values): Promise<Values> {
    this.#link = link
    this.#failed = null
    return new Promise((resolve, reject) => {
      const done = (ready: Values) => {
        this.#open = true
        for (const call of this.#expired.splice(0)) call.fail(call.expired)
        this.#proceed()
        resolve(ready)
      }
      this.call(KIND.open, values, {}, { output: () => undefined, done, failed: reject })
    })
  }

  /** The worker ended: what it had fails, what it had not goes to the next one. */
  lost(error: AnabranchError): void {
    this.#link = null
    this.#open = false
    this.#alone = false
    const calls = this.#calls.splice(0)
    const again = calls.filter((call) => call.seq === 0 && call.counted && !call.settled)
    for (const call of again) call.ticket = null
    this.#waiting.unshift(...again)
    const lost = calls.filter((call) => !again.includes(call))
    this.#crashes.add(lost)
    for (const call of lost)
      if (call.expired !== null) this.#expired.push(call)
      else call.fail(this.#crashes.refusal(call.values, error) ?? error)
  }

  /** A worker is on its way: what is called from now on waits for it. */
  resume(): void {
    this.#failed = null
  }

  /** Fails everything, now and until it is opened again. */
  fail(error: Error): void {
    this.#failed = error
    this.#link = null
    this.#open = false
    this.#alone = false
    for (const call of [...this.#expired.splice(0), ...this.#calls.splice(0), ...this.#waiting.splice(0)])
      call.fail(error)
  }

  /** Takes one packet of the worker. @throws MarshalingError for more outputs than it may give */
  receive(packet: Packet): void {
    // Most nodes answer in the order of their sets.
    const index = this.#calls[0]?.seq === packet.of ? 0 : this.#calls.findIndex(({ seq }) => seq === packet.of)
    const call = this.#calls[index]
    if (call === undefined || packet.of === 0 || packet.attempt !== call.attempt || packet.epoch !== call.epoch) {
      this.#stale++
      return
    }
    if (call.settled) this.#stale++
    const output = packet.kind === KIND.data
    if (output && call.given - call.taken >= LIMITS.outputs_ahead)
      throw new MarshalingError(`more than ${LIMITS.outputs_ahead} outputs that nobody took`)
    if (output) call.output(packet.values, packet.pts)
    if (output && (packet.flags & FLAG.last) === 0) return
    if (index === 0) this.#calls.shift()
    else this.#calls.splice(index, 1)
    if (call.alone) this.#alone = false
    if (packet.kind === KIND.error) call.fail(remoteError(packet.values))
    else call.done(packet.kind === KIND.ready ? packet.values : NO_VALUES)
    this.#proceed()
  }

  /** Whether the worker has not yet answered a call. */
  unanswered(call: Call): boolean {
    return this.#calls.includes(call)
  }

  #aborted(call: Call, signal: AbortSignal): void {
    const { reason } = signal
    if (!isAnabranchError(reason) || reason.code !== 'ANB_TIMEOUT' || call.seq === 0)
      return this.#interrupt(call, cancelled(signal))
    // Whoever waits for its end calls anew then: not before the worker has given it up, or another one is there.
    this.#tell(call)
    call.expired = cancelled(signal)
    this.#timedOut(call)
  }

  #tell(call: Call): void {
    this.#link?.send(this.#packet(KIND.interrupt, NO_VALUES, call), true, () => undefined)
  }

  /** The caller is answered at once. What the worker has keeps its place until the worker has answered, too. */
  #interrupt(call: Call, error: Error): void {
    const waits = this.#waiting.indexOf(call)
    if (waits >= 0) this.#waiting.splice(waits, 1)
    else if (call.ticket !== null && this.#link?.withdraw(call.ticket)) this.#forget(call)
    else if (!call.settled && this.#calls.includes(call)) this.#tell(call)
    call.fail(error)
    this.#proceed()
  }

  #proceed(): void {
    for (;;) {
      const next = this.#waiting[0]
      if (next === undefined || !this.#open || this.#alone) return
      if (this.#calls.length >= (next.alone ? 1 : this.#window)) return
      this.#waiting.shift()
      this.#alone = next.alone
      this.#send(next)
    }
  }

  #send(call: Call): void {
    if (this.#link === null) return call.fail(new WorkerLostError(`node "${this.#node}" has no worker`))
    this.#calls.push(call)
    const { kind, values, pts, epoch, attempt, flags } = call
    const packet = { kind, attempt, epoch, flags, pts, rest: null, values, of: 0 }
    call.ticket = this.#link.send(packet, kind === KIND.control || kind === KIND.end, (error) => {
      this.#forget(call)
      call.fail(error)
      this.#proceed()
    })
  }

  #forget(call: Call): void {
    const index = this.#calls.indexOf(call)
    if (index >= 0) this.#calls.splice(index, 1)
    if (call.alone) this.#alone = false
  }

  #packet(kind: Kind, values: Values, { attempt, epoch, seq }: Call) {
    return { kind, attempt, epoch, flags: 0, pts: 0, rest: null, values, of: seq }
  }

  #refusal(call: Call): Error | null {
    if (!call.counted) return null
    if (this.inFlight < LIMITS.in_flight * 2) return this.#crashes.refusal(call.values)
    return new LimitExceededError(`${this.inFlight} input sets are unanswered; at most ${LIMITS.in_flight * 2}`, {
      limit: 'in_flight',
      fix: 'wait for an answer before the next call',
    })
  }
}

const cancelled = (signal: AbortSignal) =>
  new CancelledError('the work of a Python node was cancelled', { cause: signal.reason })
