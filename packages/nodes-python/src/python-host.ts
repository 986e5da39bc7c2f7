import { randomBytes } from 'node:crypto'
import { type Clock, type NodeLog, NotAvailableError, type Unavailable } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import { type Env, processEnv } from './environment/env.ts'
import { findPython } from './environment/python-environment.ts'
import type { NatsServer } from './server/nats-server.ts'
import { findServer, resolveServer } from './server/resolve-server.ts'
import type { ServerCounts } from './server/server-counts.ts'
import { Worker, type WorkerInfo } from './supervisor/worker.ts'
import type { Channel } from './wire/channel.ts'
import { connectTransport } from './wire/nats-transport.ts'
import type { Transport } from './wire/transport.ts'

export interface PythonHostOptions {
  /** An interpreter that has the `anabranch` package; default: the one of this package's environment. */
  readonly python?: string
  /** A running NATS server; default: NATS_URL of `env`, else a server of our own on loopback. */
  readonly natsUrl?: string
  /** Further Python modules with nodes, and folders to import them from. */
  readonly modules?: readonly string[]
  readonly path?: readonly string[]
  /** Default: the variables of this process. */
  readonly env?: Env
  /** Stops workers and server when no node is open any more, for a host that nobody closes. Default false. */
  readonly stopWhenIdle?: boolean
  readonly clock?: Clock
}

/** A node that is open in a worker. */
export interface OpenNode {
  readonly channel: Channel
  worker(): WorkerInfo
  close(): Promise<void>
}

interface Connection {
  readonly server: NatsServer
  readonly transport: Transport
  readonly run: string
  readonly workers: Map<string, Worker>
}

const CLOSED = 'the Python host is closed'
const REOPEN = 'make another one'

/** Owns the NATS server and the workers of one executor. Nothing is started before the first node is opened. */
export class PythonHost {
  readonly #options: PythonHostOptions
  #connection: Promise<Connection> | undefined
  #open = 0
  #generation = 0
  #closed = false

  constructor(options: PythonHostOptions = {}) {
    this.#options = options
  }

  /** What is missing to open a node: the interpreter, a NATS server. It looks at files and variables and starts nothing. */
  available(): Unavailable | null {
    if (this.#closed) return { reason: CLOSED, fix: REOPEN }
    const { python, natsUrl, env } = this.#options
    const server = { ...(natsUrl !== undefined && { url: natsUrl }), ...(env !== undefined && { env }) }
    const lacks = [() => findPython(python), () => findServer(server)].flatMap(lackOf)
    if (lacks.length === 0) return null
    return { reason: lacks.map(({ reason }) => reason).join('; '), fix: lacks.map(({ fix }) => fix).join('; and ') }
  }

  /** Opens a node in the worker of this node id, which is started where there is none or the last one is lost. */
  async open(node: string, nodeType: string, params: unknown, log: NodeLog): Promise<OpenNode> {
    if (this.#closed) throw new NotAvailableError(CLOSED, { fix: REOPEN })
    this.#open++
    try {
      const connection = await this.#connect()
      const worker = this.#worker(connection, node, log)
      const { channel, token } = await worker.open(nodeType, params)
      let closing: Promise<void> | undefined
      const close = async () => {
        await worker.close(token).finally(() => this.#release(connection, node, worker))
      }
      return {
        channel,
        worker: () => worker.info(),
        close: () => {
          closing ??= close()
          return closing
        },
      }
    } catch (error) {
      await this.#release(undefined, node, undefined)
      throw error
    }
  }

  /** The workers that run now. */
  async workers(): Promise<readonly WorkerInfo[]> {
    const connection = await this.#connection
    return [...(connection?.workers.values() ?? [])].filter((worker) => !worker.lost).map((worker) => worker.info())
  }

  /** The server in use, or undefined before the first node is opened. */
  async server(): Promise<Pick<NatsServer, 'url' | 'embedded' | 'pid'> | undefined> {
    const connection = await this.#connection
    if (connection === undefined) return undefined
    const { url, embedded, pid } = connection.server
    return { url, embedded, ...(pid === undefined ? {} : { pid }) } // without the passwords
  }

  /** What the embedded server itself counted. @throws NotAvailableError where none runs. */
  async serverCounts(): Promise<ServerCounts> {
    const connection = await this.#connection
    if (connection === undefined) throw new NotAvailableError('no NATS server runs: no Python node is open')
    return connection.server.counts()
  }

  /** Stops every worker, the connection and the embedded server. What is pending fails. Further calls do nothing. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#stop()
  }

  #connect(): Promise<Connection> {
    this.#connection ??= this.#start().catch((error) => {
      this.#connection = undefined
      throw error
    })
    return this.#connection
  }

  async #start(): Promise<Connection> {
    const { natsUrl, env, clock } = this.#options
    const server = await resolveServer({
      ...(natsUrl === undefined ? {} : { url: natsUrl }),
      ...(env === undefined ? {} : { env }),
      ...(clock === undefined ? {} : { clock }),
    })
    try {
      const transport = await connectTransport(server, 'anabranch-host')
      const workers = new Map<string, Worker>()
      transport.onDisconnect((reason) => {
        for (const worker of workers.values()) worker.disconnected(reason)
      })
      return { server, transport, run: randomBytes(6).toString('hex'), workers }
    } catch (error) {
      await server.close()
      throw error
    }
  }

  #worker({ server, transport, run, workers }: Connection, node: string, log: NodeLog): Worker {
    const running = workers.get(node)
    if (running !== undefined && !running.lost) return running
    void running?.stop()
    const { python, modules = [], path = [], env = processEnv(), clock = systemClock } = this.#options
    const generation = ++this.#generation
    const base = { python: findPython(python), server, transport, run, node, generation }
    const worker = new Worker({ ...base, modules, path, env, clock, log })
    workers.set(node, worker)
    return worker
  }

  async #release(connection: Connection | undefined, node: string, worker: Worker | undefined): Promise<void> {
    this.#open--
    if (!this.#options.stopWhenIdle) return
    if (this.#open === 0) return this.#stop()
    if (worker === undefined || worker.info().instances > 0) return
    if (connection?.workers.get(node) === worker) connection.workers.delete(node)
    await worker.stop()
  }

  async #stop(): Promise<void> {
    const starting = this.#connection
    this.#connection = undefined
    const connection = await starting?.catch(() => undefined)
    if (connection === undefined) return
    await Promise.all([...connection.workers.values()].map((worker) => worker.stop()))
    await connection.transport.close()
    await connection.server.close()
  }
}

/** What looking for a part of it throws, as a reason. */
function lackOf(look: () => unknown): Unavailable[] {
  try {
    look()
    return []
  } catch (error) {
    if (!(error instanceof NotAvailableError)) throw error
    return [{ reason: error.message, fix: error.fix ?? '' }]
  }
}
