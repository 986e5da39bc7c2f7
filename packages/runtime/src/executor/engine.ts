import { type AnabranchError, CancelledError, type Clock, type NodeLog } from '@anabranch/plugin-sdk'
import { type FramePool, nodeError } from '@anabranch/plugin-sdk/host'
import { Edge } from '../edges/edge.ts'
import { EdgeFrames } from '../edges/edge-frames.ts'
import type { EdgeEnd, EdgeHost } from '../edges/edge-host.ts'
import type { EdgeOptions } from '../edges/edge-options.ts'
import { FATE, type Fate } from '../edges/fate.ts'
import type { Item } from '../edges/item.ts'
import { Roots } from '../edges/root.ts'
import type { Histogram } from '../telemetry/histogram.ts'
import { sampled } from '../telemetry/sampled.ts'
import type { EngineNode } from './engine-node.ts'
import type { EngineListener, EngineOptions } from './engine-options.ts'
import type { OutputPort } from './output-port.ts'
import type { Probe } from './probe.ts'
import { quiet } from './stall.ts'
import { BUDGET_MS, type Steppable, TurnQueue } from './turn-queue.ts'

/** The inside of one session: its nodes and edges, the turn queue that steps them, the roots that are accounted for. */
export class Engine implements EdgeHost {
  readonly sessionId: string
  readonly clock: Clock
  readonly probe: Probe | null
  readonly roots = new Roots()
  nodes: EngineNode[] = []
  edges: Edge[] = []
  /** What the session failed with, in order; the first is its answer. */
  readonly errors: AnabranchError[] = []
  readonly startedAt: number
  /** Interruptions so far. */
  epoch = 0
  /** The turn's clock, 0.1 ms as a small integer, wrapping. */
  now = 0
  /** The same in ms with fractions. */
  nowMs: number
  /** Promises of executions and pulls that are outstanding. */
  pending = 0
  /** Nodes that are not closed. */
  open = 0
  stall: AnabranchError | null = null
  /** Why executions are being aborted, while they are. */
  interruption: Error = new CancelledError('interrupted')
  readonly logFor: (nodeId: string) => NodeLog
  readonly parts: WeakMap<object, readonly unknown[]> | null
  readonly #turns: TurnQueue
  readonly traceparent: string | undefined
  readonly pool: FramePool | null
  readonly #latency: Histogram | null
  #deliveries = 0
  readonly #listener: EngineListener
  readonly #cuts: (() => void)[] = []

  constructor(options: EngineOptions) {
    this.sessionId = options.sessionId
    this.clock = options.clock
    this.probe = options.probe
    this.logFor = options.logFor
    this.parts = options.probe === null ? null : new WeakMap()
    this.#listener = options.listener
    this.#latency = options.latency
    this.pool = options.pool
    this.traceparent = options.traceparent
    this.#turns = new TurnQueue(this, options.scheduler)
    this.startedAt = options.clock.now()
    this.nowMs = this.startedAt
    this.now = (this.startedAt * 10) | 0
    this.roots.onSettle = options.probe?.settle ? (id, fate) => options.probe?.settle?.(id, fate) : null
  }

  add(node: EngineNode): void {
    this.nodes.push(node)
    this.open++
    this.#turns.wake(node)
  }

  connect(producer: EngineNode, port: OutputPort, consumer: EngineNode, inputKey: string, options: EdgeOptions): Edge {
    const edge = new Edge(this, { producer, outputKey: port.key, consumer, inputKey }, options)
    edge.since = port.emitted
    edge.frames = this.#framesOf(port, consumer, inputKey)
    port.edges.push(edge)
    consumer.ins.push(edge)
    this.edges.push(edge)
    return edge
  }

  /** An edge to an onlooker, beside the graph: it holds neither its producer nor the fate of a root. */
  tap(producer: EngineNode, port: OutputPort, onlooker: EngineNode, options: EdgeOptions): Edge {
    const edge = new Edge(this, { producer, outputKey: port.key, consumer: onlooker, inputKey: port.key }, options)
    edge.since = port.emitted
    edge.frames = this.#framesOf(port, onlooker, port.key)
    port.taps = [...port.taps, edge]
    onlooker.ins.push(edge)
    this.edges = [...this.edges, edge]
    producer.rewire()
    return edge
  }

  /** Frames lie on edges from outputs of kind audio alone. */
  #framesOf(port: OutputPort, consumer: EngineNode, inputKey: string): EdgeFrames | null {
    if (this.pool === null || port.share === null) return null
    return new EdgeFrames(this.pool, consumer.settings.frameInputs.has(inputKey), (bytes) => {
      consumer.bytesCopied += bytes
    })
  }

  /** Takes a stopped onlooker and its edges away. Lists are made anew: somebody may be walking them. */
  untap(onlooker: EngineNode): void {
    const gone = new Set(onlooker.ins)
    this.nodes = this.nodes.filter((node) => node !== onlooker)
    this.edges = this.edges.filter((edge) => !gone.has(edge))
    for (const { producer } of gone) {
      const node = producer as EngineNode
      for (const port of node.ports) port.taps = port.taps.filter((tap) => !gone.has(tap))
      node.rewire()
    }
  }

  /** Everything is in place: the first turn may come. */
  start(): void {
    this.#turns.start()
  }

  // ── turns ───────────────────────────────────────────────────────────────────────────────────────────────────────

  wake(node: EdgeEnd): void {
    this.#turns.wake(node as EngineNode)
  }

  /** Before the others: something outside of turns waits for it, and its step is short. */
  wakeFirst(node: EngineNode): void {
    this.#turns.wakeFirst(node)
  }

  /** Outside a turn, the turn's clock is read anew. */
  touch(): void {
    if (!this.#turns.inTurn) this.read()
  }

  /** Reads the clock: at the start of a turn, and now and then in it. */
  read(): number {
    const now = this.clock.now()
    this.nowMs = now
    this.now = (now * 10) | 0
    return now
  }

  /** Of so many sets, those that a step may take after its first: what fits into a turn at the first one's pace. */
  pace(sets: number): number {
    const before = this.nowMs
    const took = this.read() - before
    return took * sets <= BUDGET_MS ? sets : Math.max(1, Math.floor(BUDGET_MS / took))
  }

  /** Asks again whether the session is done, waiting or stalled. */
  poke(): void {
    this.#turns.poke()
  }

  /** Runs now, or when the step under way is over. */
  afterStep(run: () => void): void {
    if (this.#turns.inTurn) this.#cuts.push(run)
    else run()
  }

  stepped(node: Steppable): void {
    if (this.#cuts.length > 0) this.#cut()
    if (this.probe === null) return
    this.probe.step?.((node as EngineNode).id)
    if (this.#cuts.length > 0) this.#cut()
  }

  #cut(): void {
    for (let run = this.#cuts.shift(); run !== undefined; run = this.#cuts.shift()) run()
  }

  idle(): void {
    const state = quiet(this)
    if (state === 'waiting') return
    if (state === 'done') return this.#listener.done()
    if (state === 'unread' || state === 'completing') return this.#listener.limited(state)
    const late = this.nodes.find((node) => node.state === 'open' && node.unblock())
    if (late !== undefined) return this.wake(late)
    if (this.stall !== null) return
    this.stall = state
    this.#listener.stalled(state)
  }

  // ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────

  settle(item: Item, fate: Fate): void {
    if (this.probe?.event !== undefined) this.#tell(item.value, fate)
    this.roots.release(item.root, fate)
  }

  delivered(item: Item): void {
    if (this.probe?.event !== undefined) this.#tell(item.value, FATE.delivered)
    if (this.#latency !== null && sampled(++this.#deliveries))
      this.#latency.record((this.clock.now() - item.env.ingress) * 1000)
  }

  /** One event for each value that a set was newly made of. */
  #tell(value: unknown, fate: Fate): void {
    const parts = typeof value === 'object' && value !== null ? this.parts?.get(value) : undefined
    if (parts === undefined) this.probe?.event?.(value, fate)
    else for (const part of parts) this.#tell(part, fate)
  }

  failure(node: EngineNode, error: AnabranchError): void {
    this.#listener.failure(node.id, error)
  }

  deadLetter(node: EngineNode, error: AnabranchError, item: Item, inputs: unknown): void {
    this.#listener.deadLetter(node.id, error, item, inputs)
  }

  portAdded(node: EngineNode, port: OutputPort): void {
    this.#listener.portAdded(node, port)
  }

  // ── ends ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A node failed. The error is kept once, wherever it travels. */
  failed(node: EngineNode, error: Error): void {
    const coded = nodeError(error, node.id)
    if (!this.errors.includes(coded)) this.errors.push(coded)
  }

  /** Under `on_error: fail` the session ends: sources give nothing new, what is on its way is settled. */
  failSession(error: AnabranchError): void {
    if (!this.errors.includes(error)) this.errors.push(error)
    this.stopSources()
  }

  stopSources(): void {
    this.afterStep(() => {
      for (const node of this.nodes) if (node.isSource && node.state === 'open') node.stop('closed')
    })
  }

  closed(node: EngineNode): void {
    this.open--
    // The outlet waits for the keys that it may still give.
    if (!node.settings.outputsKnown) for (const other of this.nodes) if (other.state === 'open') this.wake(other)
    if (this.open === 0) this.poke()
  }
}
