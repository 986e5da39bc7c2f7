import { type AnabranchError, type Clock, type NodeLog, type Values, WorkerLostError } from '@anabranch/plugin-sdk'
import type { Env } from '../environment/env.ts'
import type { NatsServer } from '../server/nats-server.ts'
import { Channel } from '../wire/channel.ts'
import { KIND, type Message } from '../wire/packet.ts'
import type { Transport } from '../wire/transport.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts'

export interface WorkerOptions {
  readonly python: string
  readonly server: NatsServer
  readonly transport: Transport
  readonly run: string
  /** The node id: one process for each. */
  readonly node: string
  readonly generation: number
  readonly modules: readonly string[]
  readonly path: readonly string[]
  readonly env: Env
  readonly clock: Clock
  readonly log: NodeLog
}

/** One running worker, as a reader sees it. */
export interface WorkerInfo {
  readonly node: string
  readonly pid: number
  readonly generation: number
  readonly instances: number
  readonly inFlight: number
}

const HEARTBEAT_MS = 1000
const MISSED = 3
const READY_MS = 30_000
const LEVELS = new Set(['debug', 'info', 'warn', 'error'] as const)

/** A Python process that hosts the instances of one node id. Lost once, it stays lost: the host makes another. */
export class Worker {
  readonly #options: WorkerOptions
  readonly #process: WorkerProcess
  readonly #channels = new Map<string, Channel>()
  readonly #subject: string
  readonly #unsubscribe: (() => void)[] = []
  readonly #ready: Promise<void>
  #lost: AnabranchError | undefined
  #instance = 0
  #beat: number
  #beatSeen = false
  #watch: unknown
  #becomeReady: () => void = () => undefined

  constructor(options: WorkerOptions) {
    const { server, run, node, generation, transport, clock } = options
    this.#options = options
    this.#subject = `anb.${run}.${node}`
    this.#beat = clock.now()
    for (const end of ['out', 'ctl'])
      this.#unsubscribe.push(transport.subscribe(`${this.#subject}.*.${end}`, this.#listener))
    const login = server.worker === undefined ? {} : server.worker
    const config = { url: server.url, ...login, run, node, generation, heartbeat_ms: HEARTBEAT_MS }
    this.#process = startWorkerProcess(
      options.python,
      { ...config, modules: options.modules, path: options.path },
      { env: options.env, clock, onLine: (line) => options.log.info({ pid: this.pid, stream: 'stderr' }, line) },
    )
    const started = new Promise<void>((resolve) => {
      this.#becomeReady = resolve
    })
    this.#ready = Promise.race([started, this.#process.ended.then((how) => this.#lose(how))])
    this.#ready.catch(() => undefined) // told to whoever opens a node
    this.#check()
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get lost(): boolean {
    return this.#lost !== undefined
  }

  info(): WorkerInfo {
    let inFlight = 0
    for (const channel of this.#channels.values()) inFlight += channel.inFlight
    const { node, generation } = this.#options
    return { node, pid: this.pid, generation, instances: this.#channels.size, inFlight }
  }

  /** Opens a node in the worker. @throws what its construction or `prepare` raised. */
  async open(nodeType: string, params: unknown): Promise<{ readonly channel: Channel; readonly token: string }> {
    const token = `i${++this.#instance}`
    const channel = new Channel((packet) =>
      this.#options.transport.publish(`${this.#subject}.${token}.in`, {
        generation: this.#options.generation,
        session: token,
        ack: 0,
        packets: [packet],
      }),
    )
    this.#channels.set(token, channel)
    try {
      await this.#ready
      await channel.request(KIND.open, { node_type: nodeType, params: (params ?? null) as Values })
      return { channel, token }
    } catch (error) {
      this.#channels.delete(token)
      throw error
    }
  }

  /** Closes an opened node; a lost worker has nothing to close. */
  async close(token: string): Promise<void> {
    const channel = this.#channels.get(token)
    if (channel === undefined) return
    try {
      if (!this.lost) await channel.request(KIND.end, {})
    } finally {
      this.#channels.delete(token)
    }
  }

  /** Everything pending fails: the connection broke, and what was under way may be lost. */
  disconnected(reason: string): void {
    const error = new WorkerLostError(`${reason}; whether node "${this.#options.node}" did the work is not known`)
    for (const channel of this.#channels.values()) channel.fail(error, false)
  }

  /** Ends the process; whatever is pending fails. */
  async stop(): Promise<void> {
    this.#options.clock.clearTimeout(this.#watch)
    await this.#process.stop()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
  }

  readonly #listener = {
    message: (subject: string, message: Message) => {
      if (message.generation !== this.#options.generation) return
      const [, , , token = '', end] = subject.split('.')
      if (end === 'ctl') return this.#control(message)
      for (const packet of message.packets) this.#channels.get(token)?.receive(packet)
    },
    refused: (subject: string, error: Error) => {
      this.#options.log.error({ subject, err: error }, 'a message of a Python worker was refused')
      this.#process.kill() // it does not speak the protocol; its end settles what is pending
    },
  }

  #control(message: Message): void {
    this.#beat = this.#options.clock.now()
    this.#beatSeen = true
    for (const packet of message.packets) {
      if (packet.kind === KIND.ready) this.#becomeReady()
      if (packet.kind === KIND.log) this.#log(packet.values)
    }
  }

  #log({ level, logger, message }: Values): void {
    const known = [...LEVELS].find((name) => name === level) ?? 'info'
    this.#options.log[known]({ pid: this.pid, logger }, String(message))
  }

  /** Kills a worker that no longer says that it lives, or never did. */
  #check(): void {
    const { clock } = this.#options
    const limit = this.#beatSeen ? HEARTBEAT_MS * (MISSED + 0.5) : READY_MS
    if (clock.now() - this.#beat > limit) this.#process.kill()
    else this.#watch = clock.setTimeout(() => this.#check(), HEARTBEAT_MS)
  }

  #lose(how: string): never {
    const { node, clock } = this.#options
    clock.clearTimeout(this.#watch)
    const tail = this.#process.tail()
    const text = `the Python worker ${this.pid} of node "${node}" ended: ${how}${tail === '' ? '' : `\n${tail}`}`
    this.#lost = new WorkerLostError(text, { fix: 'read its last lines; open the node again for a new worker' })
    for (const channel of this.#channels.values()) channel.fail(this.#lost, true)
    throw this.#lost
  }
}
