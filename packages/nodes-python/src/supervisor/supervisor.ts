import {
  type AnabranchError,
  isAnabranchError,
  type NodeLog,
  type Values,
  WorkerLostError,
} from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { Channel } from '../wire/channel.ts'
import { KIND, type Packet } from '../wire/packet.ts'
import { remoteError } from '../wire/remote-error.ts'
import { lossOf, refusalOf } from './loss-errors.ts'
import { type RestartOptions, Restarts } from './restarts.ts'
import { Worker, type WorkerOptions } from './worker.ts'

/** One running worker, as a reader sees it. */
export interface WorkerInfo {
  readonly node: string
  readonly pid: number
  readonly generation: number
  readonly instances: number
  readonly inFlight: number
  /** Workers of this name that ended without being asked to. */
  readonly losses: number
  /** Answers that nobody waited for any more, and messages of earlier workers and closed nodes: all of them dropped. */
  readonly stale: number
}

export interface SupervisorOptions {
  readonly name: string
  readonly log: NodeLog
  readonly restarts: RestartOptions
  /** Input sets that one instance may have with its worker. */
  readonly window: number
  readonly worker: Omit<WorkerOptions, 'name' | 'generation' | 'log' | 'login'>
  readonly nextGeneration: () => number
  /** What the worker connects with: of its own, and good for its own subjects alone. */
  readonly login: () => Promise<WorkerOptions['login']>
}

/** An open node: kept when its worker ends, and opened again in the next one. */
interface Instance {
  readonly token: string
  readonly channel: Channel
  readonly order: Values
  opened: boolean
}

/**
 * Keeps one Python process running for the nodes in it. When it ends, what it had under way fails at once, and after a
 * short wait another one opens the same nodes, and goes on with what was not sent yet.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #restarts: Restarts
  readonly #instances = new Map<string, Instance>()
  #worker: Worker | null = null
  #starting: Promise<Worker> | null = null
  #generation = 0
  #tokens = 0
  #losses = 0
  #cancelWait: (error: Error) => void = () => undefined
  /** Why none is started for a while. */
  #refused: AnabranchError | null = null
  #stopping = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#restarts = new Restarts(options.worker.clock, options.restarts)
  }

  get instances(): number {
    return this.#instances.size
  }

  /** Undefined while no worker runs. */
  info(): WorkerInfo | undefined {
    if (this.#worker === null) return undefined
    let inFlight = 0
    let { stale } = this.#worker
    for (const { channel } of this.#instances.values()) {
      inFlight += channel.inFlight
      stale += channel.stale
    }
    const { pid } = this.#worker
    const { name: node } = this.#options
    return { node, pid, generation: this.#generation, instances: this.instances, inFlight, losses: this.#losses, stale }
  }

  /** Opens a node in the worker. @throws what its construction or `prepare` raised, WorkerLostError */
  async open(nodeType: string, params: unknown): Promise<{ readonly channel: Channel; readonly token: string }> {
    const token = `i${++this.#tokens}`
    const { name, window } = this.#options
    const channel = new Channel(name, window, (call) =>
      this.#later(() => channel.unanswered(call), 'it did not give a call up whose time was over'),
    )
    const order = { node_type: nodeType, params: (params ?? null) as Values, node: name }
    const instance: Instance = { token, channel, order, opened: false }
    this.#instances.set(token, instance)
    try {
      await this.#openIn(await this.#running(), instance)
      instance.opened = true
      return { channel, token }
    } catch (error) {
      this.#instances.delete(token)
      this.#worker?.unlink(token)
      throw error
    }
  }

  /** Closes an opened node. One that does not end is ended with its worker. */
  async close(token: string): Promise<void> {
    const instance = this.#instances.get(token)
    if (instance === undefined) return
    // It stays known until it is closed: a worker that is lost or stopped meanwhile answers for it. No other one opens it.
    instance.opened = false
    const worker = this.#worker
    if (worker === null) {
      this.#instances.delete(token)
      return
    }
    const { clock } = this.#options.worker
    const timer = clock.setTimeout(() => worker.kill('it did not close a node'), LIMITS.worker_close_ms)
    try {
      await instance.channel.request(KIND.end, {})
    } catch (error) {
      if (!isAnabranchError(error) || error.code !== 'ANB_WORKER_LOST') throw error
    } finally {
      clock.clearTimeout(timer)
      this.#instances.delete(token)
      worker.unlink(token)
    }
  }

  connection(up: boolean): void {
    this.#worker?.connection(up)
  }

  /** Ends the process, and starts none any more; whatever is pending fails. */
  async stop(): Promise<void> {
    this.#stopping = true
    const error = new WorkerLostError(`the Python worker of "${this.#options.name}" was stopped`, { retryable: false })
    this.#cancelWait(error)
    await this.#starting?.catch(() => undefined)
    await this.#worker?.stop()
    for (const { channel } of this.#instances.values()) channel.fail(error)
  }

  /** Kills a worker that still has not done what it was told, a heartbeat later. */
  #later(still: () => boolean, why: string): void {
    const worker = this.#worker
    this.#options.worker.clock.setTimeout(() => {
      if (worker !== null && worker === this.#worker && still()) worker.kill(why)
    }, LIMITS.worker_heartbeat_ms)
  }

  async #running(): Promise<Worker> {
    if (this.#refused !== null) throw this.#refused
    if (this.#starting === null) this.#begin(this.#start())
    return this.#starting as unknown as Promise<Worker>
  }

  #begin(starting: Promise<Worker>): void {
    this.#starting = starting
    starting.catch(() => {
      if (this.#starting === starting) this.#starting = null
    })
  }

  async #start(): Promise<Worker> {
    const { name, log, worker, nextGeneration, login } = this.#options
    const credentials = await login()
    const generation = nextGeneration()
    const made = new Worker({ ...worker, login: credentials, name, generation, log })
    this.#generation = generation
    this.#worker = made
    made.ended.then((error) => this.#lost(made, error))
    await made.ready
    return made
  }

  async #openIn(worker: Worker, { token, channel, order }: Instance): Promise<void> {
    if (worker !== this.#worker) throw await worker.ended
    const { log } = this.#options
    const deliver = (packet: Packet) => {
      if (packet.kind !== KIND.error || packet.of !== 0) return channel.receive(packet)
      // Not of ours, or it would come again, and the worker be ended for it.
      log.error({ err: remoteError(packet.values), pid: worker.pid }, 'a Python worker refused a message')
    }
    await channel.open(worker.link(token, deliver), order)
  }

  #lost(worker: Worker, error: AnabranchError): void {
    if (this.#worker !== worker) return
    this.#worker = null
    this.#starting = null
    for (const { channel } of this.#instances.values()) channel.lost(lossOf(error))
    if (this.#stopping) return
    this.#losses++
    const { afterMs, losses, over } = this.#restarts.lost()
    this.#options.log.warn({ err: error, losses, restart_ms: Math.round(afterMs) }, 'a Python worker was lost')
    const left = [...this.#instances.values()].filter(({ opened }) => opened)
    if (!over && left.length === 0) return
    if (over) {
      const refusal = () => refusalOf(this.#options.name, losses, this.#restarts.windowMs, error)
      this.#refused = refusal()
      for (const { channel } of left) channel.fail(refusal())
    }
    this.#begin(this.#startIn(afterMs))
  }

  /** Starts anew after a time, with the nodes that were open. Who comes meanwhile waits for it, or is refused. */
  async #startIn(ms: number): Promise<Worker> {
    const { clock } = this.#options.worker
    await new Promise<void>((resolve, reject) => {
      const timer = clock.setTimeout(resolve, ms)
      this.#cancelWait = (error) => {
        clock.clearTimeout(timer)
        reject(error)
      }
    })
    this.#refused = null
    for (const { channel } of this.#instances.values()) channel.resume()
    try {
      const worker = await this.#start()
      this.#reopen(worker)
      return worker
    } catch (error) {
      for (const { channel } of this.#instances.values()) channel.fail(error as Error)
      throw error
    }
  }

  #reopen(worker: Worker): void {
    for (const instance of this.#instances.values()) {
      if (!instance.opened) continue
      this.#openIn(worker, instance).catch((error) => {
        // Where it was lost again, the next one opens it.
        if (worker === this.#worker) instance.channel.fail(error)
      })
    }
  }
}
