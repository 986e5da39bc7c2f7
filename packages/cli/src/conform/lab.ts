import {
  type AnabranchError,
  isAnabranchError,
  type NodeExecutor,
  type NodeFactory,
  type NodeSpec,
  type Plugin,
  type Values,
} from '@anabranch/plugin-sdk'
import { type RecordBody, recordBody } from '@anabranch/plugin-sdk/host'
import { Broken, ParamsRefused } from './broken.ts'
import { inputSets } from './input-sets.ts'
import type { ConformOrder } from './order.ts'
import { sleep, Trial, type TrialGraph, type TrialNode, type TrialResult } from './trial.ts'
import { trialGraph } from './trial-graph.ts'
import { locate } from './watch/locate.ts'
import type { Observation } from './watch/observation.ts'

export type Form = 'execute' | 'stream' | 'operator' | 'source'

export interface OpenOptions {
  /** ms between two outputs that are read. */
  readonly slow?: number
  readonly framed?: boolean
}

export interface RunOptions extends OpenOptions {
  readonly inputs?: readonly Values[]
  /** `spaced`: each set when the one before is through. Default. */
  readonly pace?: 'spaced' | 'at-once' | 'bursts'
}

/** How many sets come at once in turn, and how long nothing comes after them, ms: the same in every look. */
const BURSTS = [
  [1, 0],
  [3, 2],
  [2, 0],
  [5, 7],
  [1, 1],
] as const

/** So many sends are given at once; a session refuses more than 1,024 that wait. */
const AT_ONCE = 512

/** One node under test, and what was found out about it so far. */
export class Lab {
  readonly order: ConformOrder
  /** The plugin as it is: what says where code is. */
  readonly factory: NodeFactory
  readonly spec: NodeSpec
  readonly sets: readonly Values[]
  readonly twin: TrialNode | null
  readonly node: TrialNode
  readonly #body: RecordBody
  readonly #seen: readonly Observation[]
  readonly #graphs = new Map<boolean, Promise<TrialGraph>>()
  #plain: Promise<TrialResult> | null = null

  /** @throws what `create` throws for the params of the order. */
  constructor(
    order: ConformOrder,
    own: NodeFactory,
    watched: Plugin,
    seen: readonly Observation[],
    twin: Plugin | null,
  ) {
    this.order = order
    this.factory = own
    this.spec = own.spec as NodeSpec
    this.#seen = seen
    this.sets = inputSets(this.spec, order.feed)
    this.node = { ...order, plugin: watched }
    this.twin =
      order.against === undefined || twin === null
        ? null
        : { ...order, ...order.against, plugin: twin, where: order.against.runtime === 'python' ? 'process' : 'inline' }
    this.#body = recordBody(own.create(order.params))
  }

  get form(): Form {
    return (['stream', 'operator', 'source'] as const).find((form) => this.#body[form] !== undefined) ?? 'execute'
  }

  get body(): RecordBody {
    return this.#body
  }

  /** What was seen of this node, and of its plugin. */
  get seen(): readonly Observation[] {
    return this.#seen.filter(({ type }) => type === undefined || type === this.order.type)
  }

  /** The keys that sets are sent under. */
  get keys(): string[] {
    return Object.keys(this.sets[0] ?? {})
  }

  /** Whether running it once more hurts nobody. */
  get harmless(): boolean {
    return this.spec.purity !== 'effectful'
  }

  /** Whether equal inputs must give equal outputs. */
  get repeatable(): boolean {
    return this.harmless && this.spec.model !== true && this.form !== 'source'
  }

  /** Whether it may keep what it takes over calls. */
  get holds(): boolean {
    return this.form !== 'execute' || (this.spec.time ?? 'keep') !== 'keep'
  }

  /** Where its code is: the part that a rule is about. */
  at(part: keyof RecordBody | 'create' = this.form): string | undefined {
    return locate(this.#body[part as keyof RecordBody]) ?? locate(this.#body[this.form]) ?? locate(this.factory.create)
  }

  create(params: unknown = this.order.params): NodeExecutor {
    return this.factory.create(params)
  }

  broken(message: string, part?: keyof RecordBody): Broken {
    return new Broken(message, this.at(part))
  }

  /**
   * @param framed as in trialGraph
   * @throws ParamsRefused by a node that looks at its params where it runs, not where it is made: one in Python, or a
   * source that is asked for a file that is not there.
   */
  async open(options: OpenOptions = {}, node: TrialNode = this.node): Promise<Trial> {
    try {
      return await this.#open(options, node)
    } catch (error) {
      throw refuses(error) ? new ParamsRefused(error) : error
    }
  }

  async #open({ slow = 0, framed = true }: OpenOptions, node: TrialNode): Promise<Trial> {
    // A thread or a process takes its time to start: it serves all sessions, as it does in a pipeline.
    const kept = node === this.node && this.order.where !== 'inline'
    if (!kept) return Trial.of(await this.graph(framed, node), slow)
    // Without audio there is nothing to frame.
    const framing = framed && this.keys.some((key) => this.spec.inputs?.[key]?.kind === 'audio')
    const graph = this.#graphs.get(framing) ?? this.graph(framing, node)
    this.#graphs.set(framing, graph)
    return Trial.of(await graph, slow, true)
  }

  graph(framed = true, node: TrialNode = this.node): Promise<TrialGraph> {
    return trialGraph(node, this.keys, this.form === 'execute', framed)
  }

  /** Ends what is kept, so that every instance is cleaned up. */
  async close(): Promise<void> {
    if (this.#graphs.size === 0) return
    for (const graph of this.#graphs.values()) await (await graph).executor.close()
    this.#graphs.clear()
    await sleep(10) // What its threads told arrives with the next turns.
  }

  /** One session of a new instance: everything in, the end, everything out. */
  async run(
    { inputs = this.sets, pace = 'spaced', slow = 0 }: RunOptions = {},
    node?: TrialNode,
  ): Promise<TrialResult> {
    const trial = await this.open({ slow }, node)
    try {
      await this.feed(trial, inputs, pace)
      if (this.form !== 'source') return await trial.end()
      const result = await trial.some()
      const error = result.error ?? result.failures[0]
      if (result.outputs.length === 0 && findsNothing(error)) throw new ParamsRefused(error)
      return result
    } finally {
      await trial.close()
    }
  }

  async feed(trial: Trial, inputs: readonly Values[], pace: RunOptions['pace']): Promise<void> {
    if (pace === 'at-once')
      for (let at = 0; at < inputs.length; at += AT_ONCE)
        await Promise.all(inputs.slice(at, at + AT_ONCE).map((given) => trial.offer(given)))
    else if (pace === 'bursts') await this.#bursts(trial, inputs)
    else
      for (const given of inputs) {
        await trial.offer(given)
        await trial.quiet(this.holds)
      }
  }

  async #bursts(trial: Trial, inputs: readonly Values[]): Promise<void> {
    for (let at = 0, n = 0; at < inputs.length; n++) {
      const [count, pause] = BURSTS[n % BURSTS.length] as (typeof BURSTS)[number]
      await Promise.all(inputs.slice(at, at + count).map((given) => trial.offer(given)))
      at += count
      await sleep(pause)
    }
  }

  /** The plain run, made once. */
  plain(): Promise<TrialResult> {
    this.#plain ??= this.run()
    return this.#plain
  }

  /** Fails where the node breaks a rule that was seen in any run. */
  unseen(rule: string): void {
    const found = this.seen.find((one) => one.rule === rule)
    if (found !== undefined) throw new Broken(found.message, found.at)
  }
}

/** Whether a node says of its params, or of what they name, that it cannot work with them. */
function refuses(error: unknown): error is AnabranchError {
  return isAnabranchError(error) && ['ANB_PARAMS', 'ANB_NOT_AVAILABLE'].includes(error.code)
}

/** Whether a source says, before it gave anything, that what its params name is not there or is something else. */
function findsNothing(error: unknown): error is AnabranchError {
  return isAnabranchError(error) && error.code !== 'ANB_NODE_EXECUTION'
}
