import { randomBytes } from 'node:crypto'
import { type Clock, type NodeLog, NotAvailableError, type Unavailable } from '@anabranch/plugin-sdk'
import { LIMITS, systemClock } from '@anabranch/plugin-sdk/host'
import { type Env, processEnv } from './environment/env.ts'
import { MAKE_ENVIRONMENT } from './environment/own-environment.ts'
import { findPython } from './environment/python-environment.ts'
import { migrateParams } from './migrate-params.ts'
import type { NatsServer } from './server/nats-server.ts'
import { findServer, resolveServer } from './server/resolve-server.ts'
import type { ServerCounts } from './server/server-counts.ts'
import type { RestartOptions } from './supervisor/restarts.ts'
import type { SpareWorker } from './supervisor/spare-worker.ts'
import type { Supervisor, WorkerInfo } from './supervisor/supervisor.ts'
import type { Channel } from './wire/channel.ts'
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
  /** Input sets that a node may have with its worker: what is lost at most when it ends. Default 32. */
  readonly inFlight?: number
  readonly restarts?: RestartOptions
  readonly clock?: Clock
  /** Where a process may have been started for its first worker. */
  readonly spare?: SpareWorker
}

/** A node that is open in a worker. */
export interface OpenNode {
  readonly channel: Channel
  /** Undefined while none runs: between the end of one and the start of the next. */
  worker(): WorkerInfo | undefined
  close(): Promise<void>
}

interface Connection {
  readonly server: NatsServer
  readonly transport: Transport
  readonly run: string
  readonly workers: Map<string, Supervisor>
  readonly supervise: (...options: ConstructorParameters<typeof Supervisor>) => Supervisor
}

const CLOSED = 'the Python host is closed'
const REOPEN = 'make another one'

/** Owns the NATS server and the workers of one executor. Nothing is started before the first node is opened. */
export class PythonHost {
  readonly #options: PythonHostOptions
  #connection: Promise<Connection> | undefined
  #open = 0
  #generation = 0
  /** Of workers that were asked for. */
  readonly #names = new Set<string>()
  #closed = false

  constructor(options: PythonHostOptions = {}) {
    this.#options = options
  }

  /** The interpreter of its workers. @throws NotAvailableError where it is not there. */
  python(): string {
    return findPython(this.#options.python)
  }

  /** Params of an older version of a node, by its own code. @throws what that says of them. */
  migrate(type: string, params: Readonly<Record<string, unknown>>, version: number): object {
    return migrateParams(this.#options, { type, params, version })
  }

  /** Input sets that a node may have with its worker. */
  get inFlight(): number {
    return this.#options.inFlight ?? LIMITS.in_flight
  }

  /**
   * What is missing to open a node: the interpreter, a NATS server. It looks at files and variables and starts nothing.
   * `extras` says that the node needs more than the SDK.
   */
  available(extras = false): Unavailable | null {
    if (this.#closed) return { reason: CLOSED, fix: REOPEN }
    const { python, natsUrl, env } = this.#options
    const server = { ...(natsUrl !== undefined && { url: natsUrl }), ...(env !== undefined && { env }) }
    const lacks = [() => findPython(python), () => findServer(server)].flatMap(lackOf)
    if (lacks.length === 0) return null
    const fixes = lacks.map(({ fix }) => fix)
    // The environment of this package brings a server along.
    const fix = fixes.includes(MAKE_ENVIRONMENT)
      ? `${MAKE_ENVIRONMENT}${extras ? ' --extras' : ''}`
      : fixes.join('; and ')
    return { reason: lacks.map(({ reason }) => reason).join('; '), fix }
  }

  /** Opens a node in the worker of this name, which is started where there is none. */
  async open(name: string, nodeType: string, params: unknown, log: NodeLog): Promise<OpenNode> {
    if (this.#closed) throw new NotAvailableError(CLOSED, { fix: REOPEN })
    this.#open++
    this.#names.add(name)
    try {
      const connection = await this.#connect()
      const worker = this.#worker(connection, name, log)
      const { channel, token } = await worker.open(nodeType, params)
      let closing: Promise<void> | undefined
      const close = async () => {
        await worker.close(token).finally(() => this.#release(connection, name, worker))
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
      await this.#release(undefined, name, undefined)
      throw error
    }
  }

  /** The workers that run now. */
  async workers(): Promise<readonly WorkerInfo[]> {
    const connection = await this.#connection
    return [...(connection?.workers.values() ?? [])].flatMap((worker) => worker.info() ?? [])
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
    const run = randomBytes(6).toString('hex')
    // Nodes that are opened at the same time are known then.
    await new Promise((resolve) => setImmediate(resolve))
    const workers = [...this.#names].map((name) => `anb.${run}.${name}`)
    const starting = resolveServer({
      ...(natsUrl !== undefined && { url: natsUrl }),
      ...(env !== undefined && { env }),
      ...(clock !== undefined && { clock }),
      workers,
    })
    // Loaded while it starts, and not before: a pipeline that is only checked needs neither.
    const [server, { connectTransport }, { Supervisor }] = await Promise.all([
      starting,
      import('./wire/nats-transport.ts'),
      import('./supervisor/supervisor.ts'),
    ])
    try {
      const transport = await connectTransport(server, 'anabranch-host')
      const supervisors = new Map<string, Supervisor>()
      transport.onConnection((up) => {
        for (const supervisor of supervisors.values()) supervisor.connection(up)
      })
      return { server, transport, run, workers: supervisors, supervise: (options) => new Supervisor(options) }
    } catch (error) {
      await server.close()
      throw error
    }
  }

  #worker({ server, transport, run, workers, supervise }: Connection, name: string, log: NodeLog): Supervisor {
    const running = workers.get(name)
    if (running !== undefined) return running
    const { python, modules = [], path = [], env = processEnv(), clock = systemClock } = this.#options
    const { restarts = {}, spare } = this.#options
    const supervisor = supervise({
      name,
      log,
      restarts,
      window: this.inFlight,
      worker: { python: findPython(python), spare, url: server.url, transport, run, modules, path, env, clock },
      nextGeneration: () => ++this.#generation,
      login: () => server.workerLogin(`anb.${run}.${name}`),
    })
    workers.set(name, supervisor)
    return supervisor
  }

  async #release(connection: Connection | undefined, name: string, worker: Supervisor | undefined): Promise<void> {
    this.#open--
    if (!this.#options.stopWhenIdle) return
    if (this.#open === 0) return this.#stop()
    if (worker === undefined || worker.instances > 0) return
    if (connection?.workers.get(name) === worker) connection.workers.delete(name)
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
