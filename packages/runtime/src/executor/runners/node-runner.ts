import type { AnabranchError, NodeLog } from '@anabranch/plugin-sdk'
import { type FramePool, nodeError, type RecordBody } from '@anabranch/plugin-sdk/host'
import type { Edge } from '../../edges/edge.ts'
import type { Env } from '../../edges/env.ts'
import { FATE, type Fate } from '../../edges/fate.ts'
import type { Item } from '../../edges/item.ts'
import type { Root } from '../../edges/root.ts'
import type { NodeSettings } from '../../graph/node-settings.ts'
import { ControlLane } from '../control-lane.ts'
import type { Engine } from '../engine.ts'
import type { EngineNode } from '../engine-node.ts'
import { ownedInputs, sharing } from '../frame-values.ts'
import type { Join } from '../joins/join.ts'
import { makeJoin } from '../joins/make-join.ts'
import { KeptFrames } from '../kept-frames.ts'
import { Marks } from '../marks.ts'
import { type ContextHost, RunContext } from '../node-context.ts'
import { OutputPort } from '../output-port.ts'
import { type OutputTime, outputTime, SaidTimes } from '../output-time.ts'
import { type InputRecord, type RecordMaker, recordMaker } from '../record-maker.ts'
import { checkDeclared, checkRead, checkRecord } from '../result-check.ts'
import { SetSignals } from '../set-signals.ts'
import type { Followers } from './followers.ts'
import { NodeAccount } from './node-account.ts'
import type { Succession, Successor } from './succession.ts'

/** At most so many input sets a step, so that one node does not hold the turn. */
export const STEP_SETS = 64

/** What every form of node has: in-edges and how they join, output ports, counters, ends. The forms differ in `step`. */
export abstract class NodeRunner extends NodeAccount implements EngineNode, ContextHost {
  readonly engine: Engine
  readonly settings: NodeSettings
  readonly id: string
  readonly ins: Edge[] = []
  readonly ports: OutputPort[]
  isSource = false
  queued = false
  broken: AnabranchError | null = null
  state: 'open' | 'closed' = 'open'
  /** Executions begun before this epoch are stale. */
  leastEpoch = 0
  /** In scope of an interrupt since its last step. */
  dirty = false
  /** Whether a sibling path leads to an align, so that idle marks are handed on. */
  handsMarksOn = false

  readonly saidTimes = new SaidTimes()
  readonly kept = new KeptFrames()
  /** What an output is worth where the set itself ends: delivered at a sink, else nothing more than filtered. */
  readonly okFate: Fate

  body: RecordBody | null
  /** Another body is about to take over: until then nothing is taken. */
  succession: Succession | null = null
  protected context: RunContext
  /** The input record's other keys; control inputs write here. */
  readonly template: InputRecord
  protected join: Join | null = null
  /** The only data in-edge, where there is one: the hot case. */
  protected single: Edge | null = null
  protected makeRecord: RecordMaker | null = null
  /** The only key is `input`, the hottest case: a literal here spares a call an item. */
  protected takesInput = false
  protected blockEdges: Edge[] = []
  /** The only reader of the only key, where a set's count can pass on with its output: the hot case. */
  protected onlyEdge: Edge | null = null
  /** Faults so far, of sets and of the node. */
  protected failures = 0
  protected times: (OutputTime | null)[] = []
  /** The nodes after it in a fused run. */
  followers: Followers | null = null
  #controls: Edge[] = []
  protected readonly controls: ControlLane
  protected readonly signals = new SetSignals()
  readonly #marks = new Marks()

  constructor(engine: Engine, settings: NodeSettings, body: RecordBody | null = null) {
    super()
    this.body = body
    this.engine = engine
    this.settings = settings
    this.id = settings.id
    this.ports = settings.outputKeys.map((key) => this.#port(key))
    this.template = { ...settings.template }
    this.okFate = settings.sink ? FATE.delivered : FATE.filtered
    this.context = new RunContext(this)
    this.controls = new ControlLane(engine, this, body)
    engine.add(this)
  }

  /** One turn of work: controls, input sets, ends. */
  abstract step(): void
  /** Takes back what is stale after an interrupt. */
  abstract abort(): void
  /** Settles what is inside, because the node stops. */
  protected abstract quit(): void

  get sessionId(): string {
    return this.engine.sessionId
  }
  get clock() {
    return this.engine.clock
  }
  get log(): NodeLog {
    return this.engine.logFor(this.id)
  }
  /** The record that says which values are new; for the probe. */
  get parts() {
    return this.engine.parts
  }
  /** Only calls have an end at which frames can be given back. */
  get pool(): FramePool | null {
    const { frameInputs, frameOutputs } = this.settings
    return frameInputs.size > 0 || frameOutputs.size > 0 ? this.engine.pool : null
  }
  get roots() {
    return this.engine.roots
  }

  /** Called once all edges are there. */
  wired(delayUs: number): void {
    const { settings } = this
    const data = this.ins.filter((edge) => !settings.controlKeys.has(edge.key))
    this.#controls = this.ins.filter((edge) => settings.controlKeys.has(edge.key))
    const [only] = data
    if (data.length === 1 && only !== undefined) {
      this.single = only
      this.makeRecord = recordMaker(only.key, this.template)
      this.takesInput = only.key === 'input' && Object.keys(this.template).length === 1
    } else if (data.length > 1) this.join = makeJoin(settings, this, data)
    this.#beginTime(delayUs)
    this.rewire()
  }

  #beginTime(delayUs: number): void {
    this.times = this.ports.map(() => outputTime(this.settings.time, delayUs, this.saidTimes))
  }

  /** Works by another body from now on: nothing of the one before is inside. */
  adopt({ body }: Successor): void {
    this.body = body
    this.ending = false
    this.controls.to(body)
    this.#endKept()
    this.#beginTime(body.delayUs ?? 0)
  }

  #endKept(): void {
    for (let left = this.kept.end(); left > 0; left--) this.count('frames_left')
  }

  /** Whether outputs are made of one set each, in its own time. */
  protected passesOn(): boolean {
    return true
  }

  /** Called whenever an out-edge was added. */
  rewire(): void {
    this.blockEdges = this.ports.flatMap((port) => port.edges).filter((edge) => edge.policy === 'block')
    const [port] = this.ports
    const one = this.ports.length === 1 && port?.edges.length === 1 && port.taps.length === 0 && port.share === null
    this.onlyEdge = one && this.settings.outputsKnown && this.passesOn() ? (port.edges[0] ?? null) : null
  }

  // ── taking ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether every blocking out-edge has room; asked at each take and each emission of the execute form. */
  protected room(): boolean {
    if (this.controls.busy) return false
    const edges = this.blockEdges
    for (let i = 0; i < edges.length; i++) if ((edges[i] as Edge).blocks()) return false
    return true
  }

  /** The next input set: one item, whatever the join, which owns one count of one root. */
  protected pick(): Item | null {
    if (this.single !== null) return this.single.take()
    return this.join === null ? null : this.join.next()
  }

  /** The input record of a set. */
  record(item: Item): InputRecord {
    if (this.takesInput) return { input: item.value }
    return this.makeRecord === null ? (item.value as InputRecord) : this.makeRecord(item.value)
  }

  /** Stale items at the heads go before room is asked for, so that they never block a producer. */
  protected sweep(): void {
    if (this.broken !== null) return this.fail(this.broken)
    if (this.dirty) {
      this.dirty = false
      for (const edge of this.ins) edge.purge()
    }
    for (const edge of this.#controls) this.#readControl(edge)
    if (this.controls.waiting && this.succession === null) this.controls.read(this.context)
  }

  /** A message for the node, ahead of its data. */
  control(message: unknown): void {
    this.controls.send(message)
  }

  #readControl(edge: Edge): void {
    for (let item = edge.take(); item !== null; item = edge.take()) {
      this.taken++
      this.filtered++
      this.template[edge.key] = item.value
      this.engine.settle(item, FATE.filtered)
    }
  }

  /** The envelope of an output that no set makes (of flush, of an operator's end): never before a mark handed on; moved ones count. */
  protected notBeforeMark(env: Env): Env {
    if (this.#marks.before(env)) this.count('moved_to_mark')
    return this.#marks.notBefore(env)
  }

  /** Hands the smallest mark of its empty in-edges on: nothing earlier can come out of this node any more. */
  protected handMarksOn(): void {
    if (this.handsMarksOn) this.#marks.handOn(this.ins, this.ports)
  }

  // ── giving ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Emits one output record; the caller keeps its count of `root`. Gives the number of values in it.
   * @throws NodeExecutionError for a result that is no record, or that has an undeclared key.
   */
  protected emit(record: unknown, env: Env, epoch: number, root: Root | null): number {
    if (this.onlyEdge !== null && this.times[0] === null && typeof record === 'object' && record !== null) {
      const port = this.ports[0] as OutputPort
      const value = this.only(record as Readonly<Record<string, unknown>>, port.key)
      if (value === undefined) return 0
      if (root !== null) root.count++
      port.handOn(this.onlyEdge, value, env, epoch, root)
      return 1
    }
    this.checkResult(record)
    return this.emitChecked(record as Readonly<Record<string, unknown>>, env, epoch, root)
  }

  /** The same for a record that was checked. */
  protected emitChecked(values: Readonly<Record<string, unknown>>, env: Env, epoch: number, root: Root | null): number {
    const { ports, times } = this
    let given = 0
    for (let i = 0; i < ports.length; i++) {
      const port = ports[i] as OutputPort
      const value = values[port.key]
      if (value === undefined) continue
      given++
      const time = times[i] ?? null
      port.emit(value, time === null ? env : time.of(env, value, values), epoch, root)
    }
    return given
  }

  /** The value of the only key, others refused. By the loop's own key: a load that stays fast however many keys a program has. */
  protected only(result: Readonly<Record<string, unknown>>, key: string): unknown {
    let value: unknown
    for (const given in result)
      if (given === key) value = result[given]
      else this.checkResult(result)
    return value === undefined ? result[key] : value
  }

  /** Every emission is asked for undeclared keys, and for the keys that edges read where none are declared. */
  protected checkResult(record: unknown): void {
    const { settings } = this
    checkRecord(settings, record)
    if (settings.outputsKnown) return checkDeclared(settings, record as object)
    checkRead(settings, this.ports, record as object)
    for (const key in record as object) this.#addPort(key)
  }

  /** Keys of a node that declares none become known as they come: to the session's outputs where nothing reads it. */
  #addPort(key: string): void {
    if (this.ports.some((port) => port.key === key)) return
    this.engine.portAdded(this, this.newPort(key))
    this.rewire()
  }

  #port(key: string): OutputPort {
    const port = new OutputPort(key)
    port.share = sharing(this.pool, this.settings.frameOutputs.has(key), (bytes) => {
      this.bytesCopied += bytes
    })
    return port
  }

  newPort(key: string): OutputPort {
    const port = this.#port(key)
    this.ports.push(port)
    this.times.push(null)
    return port
  }

  // ── settling ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A set met no error: its own count goes. */
  protected settleOk(item: Item): void {
    if (this.settings.sink) this.engine.delivered(item)
    this.engine.roots.release(item.root, this.okFate)
  }

  /** One set failed: by `on_error`, unless it was interrupted meanwhile. */
  protected fault(item: Item, thrown: unknown, stamp: number): void {
    if (stamp < this.leastEpoch && !item.env.survive) {
      this.cancelled++
      return this.engine.settle(item, FATE.cancelled)
    }
    const error = nodeError(thrown, this.id)
    this.failures++
    this.engine.failure(this, error)
    switch (this.settings.onError) {
      case 'skip':
        this.failed++
        return this.engine.settle(item, FATE.failed)
      case 'dead-letter':
        this.deadLettered++
        this.engine.deadLetter(this, error, item, ownedInputs(this.record(item), this.pool))
        return this.engine.settle(item, FATE.deadLettered)
      default:
        this.failed++
        this.engine.settle(item, FATE.failed)
        this.engine.failSession(error)
        return this.fail(error)
    }
  }

  // ── ends ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether no more input sets will come: why not. Asked only after `pick` gave null. */
  protected over(): 'ended' | Error | null {
    if (this.single !== null) return this.single.over ? (this.single.error ?? 'ended') : null
    if (this.join !== null) return this.join.end()
    return this.ins.every((edge) => edge.over) ? 'ended' : null
  }

  /** Stops because of an error. What it emitted before is still delivered. */
  fail(error: AnabranchError | Error): void {
    if (this.state !== 'open') return
    this.engine.failed(this, error)
    this.stop('failed', error)
  }

  /** The end of the node: everything inside is settled, in-edges are detached, out-edges ended. */
  stop(why: 'closed' | 'unpaired' | 'failed', error: Error | null = null): void {
    if (this.state !== 'open') return
    this.state = 'closed'
    this.quit()
    this.succession?.nodeEnded()
    this.#endKept()
    this.signals.abortAll(error ?? undefined)
    this.engine.closed(this)
    for (const edge of this.ins) edge.detach(why)
    for (const port of this.ports) for (const edge of [...port.edges, ...port.taps]) edge.end(error)
  }

  protected leftover(): 'closed' | 'unpaired' {
    return this.join?.leftover ?? 'closed'
  }

  /** A consumer left. With the last of them the node stops too, unless it works for its effects. */
  detached(): void {
    if (this.state !== 'open') return
    const edges = this.ports.flatMap((port) => port.edges)
    const gone = edges.length > 0 && edges.every((edge) => edge.state !== 'open')
    if (!gone || this.settings.effectful) return this.engine.wake(this)
    this.stop(edges.some((edge) => edge.state === 'failed') ? 'failed' : 'closed')
  }

  /** Lets a join settle what waits in vain. */
  unblock(): boolean {
    return this.join?.unblock?.() ?? false
  }

  signalFor(item: Item | null): AbortSignal {
    return this.signals.of(item?.env.survive ?? false)
  }
}
