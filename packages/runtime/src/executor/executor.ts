import {
  type AnabranchError,
  CancelledError,
  type Clock,
  InvalidInputsError,
  type NodeLog,
  type Plugin,
} from '@anabranch/plugin-sdk'
import { createPool, type FramePool, type FrameReport, systemClock } from '@anabranch/plugin-sdk/host'
import { checkOptions } from '../check-options.ts'
import { systemScheduler } from '../clock.ts'
import type { Graph } from '../graph/graph.ts'
import { type Plan, planOf } from '../graph/plan.ts'
import { Threads } from '../placement/threads.ts'
import { folderOf, type Planned } from '../plan-graph.ts'
import { type PluginFile, pluginFilesOf } from '../plugin-files.ts'
import type { Early } from '../plugins/python-plugin.ts'
import { CHANNELS } from '../telemetry/channels.ts'
import { defaultLogger, lazyLog, nodeLogs } from '../telemetry/log.ts'
import type { NodeStats } from '../telemetry/node-stats.ts'
import { type DeadLetter, type DeadLetterFile, deadLettersTo } from './dead-letter.ts'
import { lookOn } from './early-taps.ts'
import { type Distributions, ExecutorMetrics, type Metrics } from './executor-metrics.ts'
import type { ExecutorOptions } from './executor-options.ts'
import { Instances, isClosed } from './instances.ts'
import { Breaker } from './layers/breaker.ts'
import { layered } from './layers/layered.ts'
import { trace } from './layers/trace.ts'
import { EXECUTE_OPTIONS, OPEN_OPTIONS, type OpenOptions } from './open-options.ts'
import { type ReloadHost, type ReloadOptions, Reloads } from './reloads.ts'
import { Results } from './results.ts'
import type { SendOptions } from './runners/entry-runner.ts'
import { EngineSession } from './session.ts'

/** Runs sessions of one graph; without types: the public Executor is this with the pipeline's types on top. */
export class GraphExecutor {
  planned: Planned
  plan: Plan
  readonly #options: ExecutorOptions
  readonly #clock: Clock
  readonly #log: (bindings: Record<string, unknown>) => NodeLog
  /** Of what is in no session. */
  readonly logFor: (nodeId: string) => NodeLog
  readonly #breakers: ReadonlyMap<string, Breaker>
  readonly #metrics: ExecutorMetrics
  readonly #threads: Threads
  readonly #instances: Instances
  readonly #sessions = new Set<EngineSession>()
  readonly #letters: DeadLetterFile | null
  readonly #pool: FramePool | null
  readonly #reloads: Reloads
  /** What was started before the check, until it is taken. */
  readonly #early: Early | null
  #closed = false

  constructor(planned: Planned, options: ExecutorOptions, early: Early | null) {
    this.#early = early
    // A span of each call tells how long it took: then each is a call of its own.
    const separate = options.fuse === false || options.tracing !== undefined
    this.planned = separate ? { ...planned, graph: { ...planned.graph, fused: [] } } : planned
    const { graph } = this
    this.plan = planOf(graph, planned.manifest)
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#log = lazyLog(() => options.log ?? defaultLogger())
    this.logFor = nodeLogs(this.#log, graph.name)
    this.#breakers = new Map(
      graph.nodes.map(({ id, breaker }) => [
        id,
        new Breaker({ failures: breaker.failures, cooldownMs: breaker.cooldown_ms }, this.#clock, (state) => {
          if (CHANNELS.breaker.hasSubscribers) CHANNELS.breaker.publish({ pipeline: graph.name, nodeId: id, state })
        }),
      ]),
    )
    this.#metrics = new ExecutorMetrics(graph, this.#breakers)
    const audio = graph.nodes.some(({ settings }) => settings.frameOutputs.size > 0)
    this.#pool = audio ? createPool(options.poolBytes === undefined ? {} : { bytes: options.poolBytes }) : null
    this.#letters = deadLettersTo(options.deadLetterFile, () => this.logFor(''))
    const shared = { clock: this.#clock, logFor: this.logFor }
    this.#threads = new Threads({ ...shared, pool: this.#pool, restarts: options.threadRestarts })
    this.#instances = new Instances(graph, {
      ...shared,
      elsewhere: (node) => this.#threads.body(node),
      realtime: options.pace === 'realtime',
      layer: (node, body) =>
        layered(node, body, {
          clock: this.#clock,
          random: options.random ?? Math.random,
          stats: this.#metrics.stats.get(node.id) as NodeStats,
          breaker: this.#breakers.get(node.id) as Breaker,
          metrics: options.metrics ?? true,
          trace: options.tracing === undefined ? null : trace(options.tracing, graph.name),
        }),
    })
    const host: ReloadHost = {
      planned: () => this.planned,
      instances: this.#instances,
      sessions: this.#sessions,
      closed: () => this.#closed,
      folder: folderOf(planned.manifest, options),
      replanned: (next) => {
        this.planned = next.planned
        this.plan = planOf(this.graph, planned.manifest)
      },
      replaced: (nodeId) => this.#breakers.get(nodeId)?.succeeded(),
    }
    this.#reloads = new Reloads(host, options.watch ?? false)
  }

  get graph(): Graph {
    return this.planned.graph
  }

  /** Opens a session: every node is made and prepared before the first item. */
  async open(options: OpenOptions = {}): Promise<EngineSession> {
    checkOptions('open()', options, OPEN_OPTIONS)
    if (this.#closed) throw isClosed()
    options.signal?.throwIfAborted()
    let taken = this.#instances.takeAll(options.signal)
    while (taken instanceof Promise) taken = this.#instances.current(await taken, options.signal)
    const measured = this.#options.metrics ?? true
    const session = new EngineSession({
      graph: this.graph,
      instances: taken,
      clock: this.#clock,
      scheduler: this.#options.scheduler ?? systemScheduler,
      probe: this.#options.probe ?? null,
      logsOf: (sessionId) => nodeLogs(this.#log, this.graph.name, sessionId),
      stats: this.#metrics.stats,
      pool: this.#pool,
      latency: measured ? this.#metrics.latency : null,
      ages: measured ? (edge) => this.#metrics.edges.ages(edge) : null,
      durations: measured ? (id) => (this.#metrics.stats.get(id) as NodeStats).executionUs : null,
      tracing: this.#options.tracing ?? null,
      drainMs: this.#options.drainMs ?? 10_000,
      onFailure: (nodeId, error) => this.#failure(nodeId, error),
      onDeadLetter: (letter) => this.#deadLetter(letter),
      release: (done) => this.#release(done),
    })
    this.#sessions.add(session)
    lookOn(session, options.taps ?? {})
    const { signal } = options
    if (signal !== undefined) {
      const cancel = () => void session.cancel(String(signal.reason ?? 'aborted'))
      signal.addEventListener('abort', cancel, { once: true })
      session.onReleased(() => signal.removeEventListener('abort', cancel))
    }
    return session
  }

  /** An input set failed, after its retries: counted here once, for metrics and the breaker alike. */
  #failure(nodeId: string, error: AnabranchError): void {
    const stats = this.#metrics.stats.get(nodeId)
    if (stats !== undefined) stats.errors++
    this.#breakers.get(nodeId)?.failed(error)
  }

  /** A stream of one: open, send, end, collect. */
  async execute(
    inputs: Readonly<Record<string, unknown>> = {},
    options: Omit<OpenOptions, 'taps'> & SendOptions = {},
  ): Promise<Results> {
    checkOptions('execute()', options, EXECUTE_OPTIONS)
    const { signal, ...at } = options
    const session = await this.open(signal === undefined ? {} : { signal })
    const results = new Results(this.graph)
    const reading = session.outputs.subscribe({ next: (output) => results.add(output), error: () => undefined })
    try {
      if (Object.keys(inputs).length > 0) await session.send(inputs, at)
      else if (this.graph.inputs.length > 0 && !this.graph.nodes.some(({ form }) => form === 'source'))
        throw new InvalidInputsError(`execute() got no inputs; this pipeline has ${this.graph.inputs.join(', ')}`, {
          key: this.graph.inputs[0] ?? '',
          fix: `give { ${this.graph.inputs[0]}: … }`,
        })
      results.ledger = await session.end()
      if (signal?.aborted) throw new CancelledError('the execution was aborted', { cause: signal.reason })
      return results
    } catch (error) {
      await session.cancel()
      throw error
    } finally {
      reading.unsubscribe()
    }
  }

  /** New code of nodes, in open sessions too: of a file that `plugins:` names by its path or one that it imports, or a plugin. */
  reload(source: string | Plugin, options: ReloadOptions = {}): Promise<readonly string[]> {
    return this.#reloads.run(source, options)
  }

  pluginFiles(): readonly PluginFile[] {
    return pluginFilesOf(this.graph)
  }

  /** While it runs as well as after. */
  metrics(): Metrics {
    return this.#metrics.read(this.#engines())
  }

  /** The frames in which audio lies, and who has them; null where no node gives audio. */
  frames(): FrameReport | null {
    return this.#pool?.report() ?? null
  }

  /** The histograms behind `metrics()`; for exporters. */
  distributions(): Distributions {
    return this.#metrics.distributions(this.#engines())
  }

  #engines() {
    return [...this.#sessions].map(({ engine }) => engine)
  }

  /** Closes every session, then cleans up what is idle. */
  async close(): Promise<void> {
    this.#closed = true
    this.#reloads.close()
    await this.#instances.refuse(isClosed())
    await Promise.all([...this.#sessions].map((session) => session.close()))
    await this.#instances.close()
    await this.#threads.close()
    this.#pool?.close()
    await this.#letters?.close()
    await this.#early?.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** What a letter meets outside is no fault of the session that gave it. */
  #deadLetter(letter: DeadLetter): void {
    const told = (tell: () => void) => {
      try {
        tell()
      } catch (error) {
        this.logFor(letter.nodeId).error({ err: error }, 'a dead letter was not taken')
      }
    }
    told(() => this.#options.onDeadLetter?.(letter))
    told(() => this.#letters?.write(letter))
  }

  async #release(session: EngineSession): Promise<void> {
    this.#metrics.closed(session.engine)
    this.#sessions.delete(session)
    const busy = new Set(session.engine.nodes.filter((node) => node.busy()).map((node) => node.id))
    await this.#instances.giveAll(session.instances, busy)
  }
}
