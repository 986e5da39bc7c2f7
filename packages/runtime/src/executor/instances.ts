import { CancelledError, type Clock, type NodeLog, TimeoutError } from '@anabranch/plugin-sdk'
import { nodeError, type RecordBody, recordBody } from '@anabranch/plugin-sdk/host'
import type { Graph, GraphNode } from '../graph/graph.ts'
import { KeptFrames } from './kept-frames.ts'
import type { Calls } from './layers/layered.ts'
import { RunContext } from './node-context.ts'
import { SaidTimes } from './output-time.ts'
import { paced } from './paced.ts'

const PREPARE_MS = 30_000
const CLEANUP_MS = 5_000

/** One made node, and how its work is called. */
export interface Instance {
  readonly node: GraphNode
  readonly body: RecordBody
  /** Null where it is not of the execute form. */
  readonly calls: Calls | null
}

export interface InstanceOptions {
  readonly clock: Clock
  readonly logFor: (nodeId: string) => NodeLog
  readonly layer: (node: GraphNode, body: RecordBody) => Calls | null
  /** Makes a node that does not run inline; null for one that does. */
  readonly elsewhere: (node: GraphNode) => RecordBody | null
  /** Sources give audio at the speed at which it sounds. */
  readonly realtime: boolean
}

/**
 * Makes, prepares, keeps and cleans up node instances. Those that may serve several sessions return to an idle pool,
 * so that a one-shot run does not prepare again. Cleanup runs exactly once per instance, also after a failed prepare.
 */
export class Instances {
  readonly #options: InstanceOptions
  readonly #idle = new Map<string, Instance[]>()
  /** Nodes whose instance that was made to check the params is taken. */
  readonly #begun = new WeakSet<GraphNode>()
  #nodes: Graph['nodes']
  readonly #opening = new Set<Promise<unknown>>()
  /** Why nothing is taken any more. */
  #refusal: Error | null = null

  constructor(graph: Graph, options: InstanceOptions) {
    this.#options = options
    this.#nodes = graph.nodes
  }

  /** One of every node, all prepared or none. Without anything to wait for there is no promise. */
  takeAll(signal: AbortSignal | undefined): Instance[] | Promise<Instance[]> {
    const taken = this.#nodes.map((node) => this.#take(node))
    if (!taken.some((instance) => instance instanceof Promise)) return taken as Instance[]
    return this.#opened(this.#allPrepared(taken, signal))
  }

  /** The same, with those of now where nodes were replaced while others were being prepared. */
  current(taken: Instance[], signal: AbortSignal | undefined): Instance[] | Promise<Instance[]> {
    const stale = taken.filter(({ node }) => !this.#nodes.includes(node))
    if (stale.length === 0) return taken
    const renew = async () => {
      await Promise.all(stale.map((instance) => this.give(instance, false)))
      const renewed = this.#nodes.map((node) => taken.find((one) => one.node === node) ?? this.#take(node))
      return this.#allPrepared(renewed, signal)
    }
    return this.#opened(renew())
  }

  /** A new instance, prepared, beside what is idle. */
  make(node: GraphNode): Promise<Instance> {
    return Promise.resolve(this.#make(node))
  }

  /** Nodes in the place of those of their ids: what is taken from now on is of them. */
  async use(nodes: readonly GraphNode[]): Promise<void> {
    const byId = new Map(nodes.map((node) => [node.id, node]))
    this.#nodes = this.#nodes.map((node) => byId.get(node.id) ?? node)
    const old = nodes.flatMap(({ id }) => this.#idle.get(id) ?? [])
    for (const { id } of nodes) this.#idle.delete(id)
    await Promise.all(old.map((instance) => this.#clean(instance)))
  }

  #opened(opening: Promise<Instance[]>): Promise<Instance[]> {
    const over = () => void this.#opening.delete(opening)
    this.#opening.add(opening)
    opening.then(over, over)
    return opening
  }

  /** Refuses what is opening and all that comes; resolves when what was prepared for it is given back. */
  async refuse(reason: Error): Promise<void> {
    this.#refusal = reason
    await Promise.allSettled(this.#opening)
  }

  /** What was prepared beside a failure, a close or an abort is given back. */
  async #allPrepared(
    taken: readonly (Instance | Promise<Instance>)[],
    signal: AbortSignal | undefined,
  ): Promise<Instance[]> {
    const settled = await Promise.allSettled(taken)
    const instances = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const failed = settled.find((one) => one.status === 'rejected')
    if (failed === undefined && this.#refusal === null && !signal?.aborted) return instances
    await Promise.all(instances.map((instance) => this.give(instance)))
    if (failed !== undefined) throw failed.reason
    throw this.#refusal ?? new CancelledError('aborted while it was opened', { cause: signal?.reason })
  }

  /** An idle instance, or a new one, prepared. */
  #take(node: GraphNode): Instance | Promise<Instance> {
    const idle = this.#idle.get(node.id)?.pop()
    return idle ?? this.#make(node)
  }

  #make(node: GraphNode): Instance | Promise<Instance> {
    let instance: Instance
    try {
      const made = this.#options.elsewhere(node) ?? this.#body(node)
      const body = this.#options.realtime ? paced(made, this.#options.clock) : made
      // Other places are no matter of its calls.
      body.place?.(node.where === 'inline' || node.where === 'thread' ? node.where : undefined)
      instance = { node, body, calls: this.#options.layer(node, body) }
    } catch (error) {
      return Promise.reject(nodeError(error, node.id)) // Its neighbours may be preparing: they are given back together.
    }
    return instance.body.prepare === undefined ? instance : this.#prepare(instance)
  }

  #body(node: GraphNode): RecordBody {
    if (this.#begun.has(node)) return recordBody(node.factory.create(node.params))
    this.#begun.add(node)
    return recordBody(node.first.executor)
  }

  /** All of a session; `busy` are the ids of those whose user code is still at work. */
  async giveAll(instances: readonly Instance[], busy: ReadonlySet<string>): Promise<void> {
    for (const instance of instances) {
      const reusable = instance.node.reusable && !busy.has(instance.node.id)
      // The common case without a promise: nothing to reset, nothing to clean.
      if (!reusable && instance.body.cleanup === undefined) continue
      await this.give(instance, reusable)
    }
  }

  /** Back to the pool, or cleaned up: also where it is still at work and does not listen. Never throws, but logs. */
  async give(instance: Instance, reusable = instance.node.reusable): Promise<void> {
    const { node, body } = instance
    if (reusable && this.#nodes.includes(node)) {
      try {
        await this.#bounded(body.reset?.(), CLEANUP_MS, node, 'reset')
        const idle = this.#idle.get(node.id) ?? []
        idle.push(instance)
        this.#idle.set(node.id, idle)
        return
      } catch (error) {
        this.#options.logFor(node.id).error({ err: error }, 'reset failed; the instance is cleaned up')
      }
    }
    await this.#clean(instance)
  }

  async close(): Promise<void> {
    const idle = [...this.#idle.values()].flat()
    this.#idle.clear()
    // An instance that was only made to check params was never prepared: there is nothing to clean.
    await Promise.all(idle.map((instance) => this.#clean(instance)))
  }

  async #prepare(instance: Instance): Promise<Instance> {
    const { node, body } = instance
    try {
      await this.#bounded(body.prepare?.(this.#context(node)), PREPARE_MS, node, 'prepare')
      return instance
    } catch (error) {
      await this.#clean(instance)
      throw nodeError(error, node.id)
    }
  }

  async #clean({ node, body }: Instance): Promise<void> {
    try {
      await this.#bounded(body.cleanup?.(), CLEANUP_MS, node, 'cleanup')
    } catch (error) {
      this.#options.logFor(node.id).error({ err: error }, 'cleanup failed')
    }
  }

  #bounded(done: void | Promise<void>, ms: number, node: GraphNode, what: string): void | Promise<void> {
    if (typeof done?.then !== 'function') return
    const { clock } = this.#options
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(
        () =>
          reject(
            new TimeoutError(`${what} of node "${node.id}" took longer than ${ms} ms`, {
              afterMs: ms,
              nodeId: node.id,
            }),
          ),
        ms,
      )
      done.then(resolve, reject).finally(() => clock.clearTimeout(timer))
    })
  }

  #context(node: GraphNode): RunContext {
    const signal = new AbortController().signal
    return new RunContext({
      id: node.id,
      sessionId: '',
      clock: this.#options.clock,
      log: this.#options.logFor(node.id),
      custom: {},
      saidTimes: new SaidTimes(),
      pool: null,
      kept: new KeptFrames(),
      signalFor: () => signal,
    })
  }
}

/** Why nothing is taken of an executor any more. */
export function isClosed(): Error {
  return new CancelledError('this executor is closed', { fix: 'create another one' })
}
