import { randomUUID } from 'node:crypto'
import { type AnabranchError, CancelledError, type Clock, type NodeLog, NodeNotFoundError } from '@anabranch/plugin-sdk'
import { type FramePool, nearest } from '@anabranch/plugin-sdk/host'
import type { Observable } from 'rxjs'
import { checkOptions } from '../check-options.ts'
import type { Scheduler } from '../clock.ts'
import type { Graph } from '../graph/graph.ts'
import { CHANNELS } from '../telemetry/channels.ts'
import type { Histogram } from '../telemetry/histogram.ts'
import type { NodeStats } from '../telemetry/node-stats.ts'
import type { DeadLetter } from './dead-letter.ts'
import { DrainLimit, type Waiting } from './drain-limit.ts'
import { Engine } from './engine.ts'
import type { Instance } from './instances.ts'
import { INTERRUPT_OPTIONS, type InterruptOptions, interrupt, refuseSplitZips } from './interrupt.ts'
import { lawViolations } from './laws.ts'
import { type Ledger, ledgerOf } from './ledger.ts'
import { envelopeOf } from './node-context.ts'
import type { Probe } from './probe.ts'
import { type EntryRunner, SEND_OPTIONS, type SendOptions } from './runners/entry-runner.ts'
import type { NodeRunner } from './runners/node-runner.ts'
import type { SessionOutput } from './runners/outlet-runner.ts'
import { succeed } from './runners/succession.ts'
import { checkInputs } from './session-inputs.ts'
import { readOutputs, type SessionOutputs, sessionOutputs } from './session-outputs.ts'
import { Taps } from './taps.ts'
import type { SessionTrace, Tracing } from './tracing.ts'
import { type Wired, wire, wirePort } from './wiring.ts'

export interface SessionOptions {
  readonly graph: Graph
  readonly instances: readonly Instance[]
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly probe: Probe | null
  /** Where audio lies; null where no node declares any. */
  readonly pool: FramePool | null
  /** The logs of one session's nodes. */
  readonly logsOf: (sessionId: string) => (nodeId: string) => NodeLog
  readonly stats: ReadonlyMap<string, NodeStats>
  readonly latency: Histogram | null
  /** How long items wait on the edges of a name; null where nobody measures. */
  readonly ages: ((edge: string) => Histogram) | null
  /** How long the outputs of a stream take; null where nobody measures. */
  readonly durations: ((nodeId: string) => Histogram) | null
  readonly tracing: Tracing | null
  readonly drainMs: number
  /** An input set failed, after its retries. */
  readonly onFailure: (nodeId: string, error: AnabranchError) => void
  readonly onDeadLetter: (letter: DeadLetter) => void
  /** Gives the instances back. */
  readonly release: (session: EngineSession) => Promise<void>
}

interface Waiter {
  resolve(ledger: Ledger): void
  reject(error: Error): void
}

/** What a send says that has no options: the same each time, so that it is known without a look. */
const NOTHING_SAID: SendOptions = {}

/** One run of a graph, without types: the public Session is this with the pipeline's types on top. */
export class EngineSession {
  readonly id = randomUUID()
  readonly engine: Engine
  readonly instances: Instance[]
  /** Why it stopped before its end, where somebody closed or cancelled it. */
  stopped: AnabranchError | null = null
  readonly #options: SessionOptions
  readonly #wired: Wired
  readonly #taps: Taps
  #outputs: SessionOutputs | null = null
  readonly #trace: SessionTrace | null
  #waiters: Waiter[] = []
  #ending = false
  #done = false
  #released: Promise<void> | null = null
  readonly #onReleased: (() => void)[] = []
  readonly #drain: DrainLimit

  constructor(options: SessionOptions) {
    this.#options = options
    this.instances = [...options.instances]
    this.#drain = new DrainLimit(options.clock, options.drainMs)
    const { graph, instances, clock, scheduler, probe, ages } = options
    const logFor = options.logsOf(this.id)
    this.#trace = options.tracing?.session({ pipeline: graph.name, sessionId: this.id }) ?? null
    this.engine = new Engine({
      sessionId: this.id,
      clock,
      scheduler,
      probe,
      logFor,
      pool: options.pool,
      latency: options.latency,
      traceparent: this.#trace?.traceparent,
      listener: {
        done: () => this.#finish(),
        stalled: (error) => this.#stalled(error),
        limited: (why) => this.#limit(why),
        failure: (nodeId, error) => {
          options.onFailure(nodeId, error)
          if (CHANNELS.nodeError.hasSubscribers) CHANNELS.nodeError.publish({ sessionId: this.id, nodeId, error })
          logFor(nodeId).debug({ err: error }, 'an input set failed')
        },
        deadLetter: (nodeId, error, item, inputs) => {
          const cause = error.cause
          const known = options.stats.get(nodeId)?.attempts
          const attempts =
            known?.get(error) ?? (typeof cause === 'object' && cause !== null ? known?.get(cause) : undefined) ?? 1
          const envelope = envelopeOf(this.id, item.env, item.seq, item.epoch)
          const letter = { nodeId, inputs, error, attempts, envelope }
          if (CHANNELS.deadLetter.hasSubscribers) CHANNELS.deadLetter.publish({ sessionId: this.id, letter })
          options.onDeadLetter(letter)
        },
        portAdded: (runner, port) => {
          wirePort(this.engine, this.#wired, runner, port)
          if (ages !== null) for (const edge of port.edges) edge.ages = ages(edge.name)
          this.#taps.portAdded(runner, port)
        },
      },
    })
    this.#wired = wire(this.engine, graph, instances, options.durations)
    if (ages !== null) for (const edge of this.engine.edges) edge.ages = ages(edge.name)
    this.#taps = new Taps(this.engine, ages)
    if (CHANNELS.session.hasSubscribers)
      CHANNELS.session.publish({ pipeline: graph.name, sessionId: this.id, state: 'open' })
    this.engine.start()
  }

  get outputs(): SessionOutputs {
    this.#outputs ??= sessionOutputs(this.#wired.outlet)
    return this.#outputs
  }

  read(): AsyncIterable<SessionOutput> {
    return readOutputs(this.#wired.outlet)
  }

  get graph(): Graph {
    return this.#options.graph
  }

  /** Whether somebody said that it shall end: no more sends. */
  get ending(): boolean {
    return this.#ending
  }

  /** A node goes on by another instance, unless it has ended. Gives the one that is left over. */
  async replace(next: Instance): Promise<Instance> {
    const at = this.instances.findIndex(({ node }) => node.id === next.node.id)
    const [before, runner] = [this.instances[at] as Instance, this.#runner(next.node.id)]
    const adopted = () => void this.instances.splice(at, 1, next)
    return (await succeed(this.engine, runner, next, this.#options.drainMs, adopted)) ? before : next
  }

  /** Feeds the pipeline's inputs; resolves when it is accepted. */
  send(inputs: Readonly<Record<string, unknown>>, at: SendOptions = NOTHING_SAID): Promise<void> {
    try {
      if (at !== NOTHING_SAID) checkOptions('send()', at, SEND_OPTIONS)
      return this.#entryFor(inputs).send(inputs, at)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Accepts at once or not at all: for callbacks that cannot wait. */
  trySend(inputs: Readonly<Record<string, unknown>>, at: SendOptions = NOTHING_SAID): boolean {
    if (at !== NOTHING_SAID) checkOptions('trySend()', at, SEND_OPTIONS)
    return this.#entryFor(inputs).trySend(inputs, at)
  }

  /** No more sends; resolves when every source has ended and everything is settled. Rejects with the session's error. */
  end(): Promise<Ledger> {
    this.#ending = true
    this.#wired.entry?.end()
    return this.#over()
  }

  /** The control lane: overtakes queued data, and is never dropped. */
  control(nodeId: string, message: unknown): void {
    this.#runner(nodeId).control(message)
  }

  /** What a node gives under a key, shown to whoever looks: lossy, counted, and without any effect on the run. */
  tap(ref: string): Observable<unknown> {
    const dot = ref.indexOf('.')
    return this.#taps.observe(this.#runner(dot < 0 ? ref : ref.slice(0, dot)), dot < 0 ? '' : ref.slice(dot + 1))
  }

  /** Everything older than now, in scope, is stale: refused, aborted, cancelled. Gives the new epoch. */
  interrupt(options: InterruptOptions = {}): number {
    checkOptions('interrupt()', options, INTERRUPT_OPTIONS)
    const named = (options.from ?? [...this.#wired.runners.keys()]).map((id) => this.#runner(id))
    const from = options.from === undefined && this.#wired.entry !== null ? [...named, this.#wired.entry] : named
    refuseSplitZips(from, options.from)
    this.engine.interruption = new CancelledError(options.reason ?? 'interrupted')
    const epoch = interrupt(this.engine, { from, queued: options.queued ?? false })
    this.engine.stall = null
    if (CHANNELS.interrupt.hasSubscribers) {
      const { from: ids, reason } = options
      CHANNELS.interrupt.publish({
        sessionId: this.id,
        epoch,
        ...(ids !== undefined && { from: ids }),
        ...(reason !== undefined && { reason }),
      })
    }
    return epoch
  }

  /** Interrupts everything, then closes. */
  async cancel(reason = 'the session was cancelled'): Promise<Ledger> {
    if (!this.#done) {
      this.stopped ??= new CancelledError(reason)
      this.interrupt({ queued: true, reason })
    }
    return this.close()
  }

  /** Stops the sources, lets what is on its way drain for a limited time, cancels the rest. Never rejects. */
  async close(): Promise<Ledger> {
    if (!this.#done) {
      this.#ending = true
      this.stopped ??= new CancelledError('the session was closed')
      this.engine.stopSources()
      if (!this.#wired.outlet.hasReaders) this.#wired.outlet.stop('closed')
      const timer = this.#options.clock.setTimeout(() => this.#stopAll(), this.#options.drainMs)
      await this.#over().catch(() => this.#stopAll())
      this.#options.clock.clearTimeout(timer)
      if (!this.#done) await this.#over().catch(() => undefined)
    }
    await this.#released
    return this.ledger()
  }

  /** Runs once, when the session is over and its instances are back. */
  onReleased(run: () => void): void {
    this.#onReleased.push(run)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** The accounts of this moment. */
  ledger(): Ledger {
    return ledgerOf(this.engine)
  }

  /** Every violation of the laws, in words. None is the only right answer. */
  audit(): readonly string[] {
    return lawViolations(this.engine)
  }

  get error(): AnabranchError | undefined {
    return this.engine.errors[0] ?? this.engine.stall ?? undefined
  }

  #entryFor(inputs: Readonly<Record<string, unknown>>): EntryRunner {
    checkInputs(this.#options.graph, inputs)
    return this.#wired.entry as EntryRunner
  }

  #runner(nodeId: string): NodeRunner {
    const runner = this.#wired.runners.get(nodeId)
    if (runner !== undefined) return runner
    const near = nearest(nodeId, this.#wired.runners.keys())
    throw new NodeNotFoundError(
      `this session has no node "${nodeId}"${near[0] === undefined ? '' : `; did you mean "${near[0]}"?`}`,
      {
        nearest: near,
        fix: `use one of ${[...this.#wired.runners.keys()].slice(0, 12).join(', ')}`,
      },
    )
  }

  // ── ends ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #over(): Promise<Ledger> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject }
      if (this.#done) void this.#answer(waiter)
      else if (this.engine.stall !== null) reject(this.engine.stall)
      else {
        this.#waiters.push(waiter)
        this.engine.poke()
      }
    })
  }

  async #answer({ resolve, reject }: Waiter): Promise<void> {
    await this.#released
    const [error] = this.engine.errors
    if (error === undefined) resolve(this.ledger())
    else reject(error)
  }

  #finish(): void {
    if (this.#done) return
    this.#done = true
    this.#drain.disarm()
    this.#released = this.#options.release(this)
    this.#taps.end()
    for (const run of this.#onReleased.splice(0)) run()
    if (this.#trace !== null) this.#trace.end(this.ledger(), this.error)
    if (CHANNELS.session.hasSubscribers) {
      const { error } = this
      const said = { pipeline: this.graph.name, sessionId: this.id, state: 'closed', ledger: this.ledger() }
      CHANNELS.session.publish({ ...said, ...(error !== undefined && { error }) })
    }
    for (const waiter of this.#waiters.splice(0)) void this.#answer(waiter)
  }

  #stalled(error: AnabranchError): void {
    if (CHANNELS.stall.hasSubscribers) CHANNELS.stall.publish({ sessionId: this.id, error })
    this.engine.logFor('').error({ err: error }, 'the session stalled')
    for (const { reject } of this.#waiters.splice(0)) reject(error)
    this.#wired.entry?.refuseWaiting(error)
    this.#wired.outlet.endReaders(error)
  }

  /** Once it is ending, outputs are not kept for a reader, nor operators waited for, beyond the drain limit. */
  #limit(why: Waiting): void {
    if (!this.#ending || (why === 'unread' && this.#wired.outlet.hasReaders)) return
    this.#drain.arm(
      why,
      () => this.#unfinished(),
      (late) => {
        if (this.#done) return
        for (const { reject } of this.#waiters.splice(0)) reject(late)
      },
    )
  }

  #unfinished(): string[] {
    return this.engine.nodes.filter((node) => node.state === 'open' && node.completing()).map((node) => node.id)
  }

  /** The end of patience: every node stops where it is, and what was inside is counted. */
  #stopAll(): void {
    this.engine.afterStep(() => {
      for (const node of this.engine.nodes) node.stop('closed')
    })
  }
}
