import { type AnabranchError, type Clock, type NodeLog, type Values, WorkerLostError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { Env } from '../environment/env.ts'
import type { Credentials } from '../server/server-config.ts'
import { encodeMessage } from '../wire/encode.ts'
import { decodeLate } from '../wire/late-audio.ts'
import { Link } from '../wire/link.ts'
import { KIND, type Message, type Packet } from '../wire/packet.ts'
import type { Transport } from '../wire/transport.ts'
import { lineBudget } from './line-budget.ts'
import { type SpareWorker, spawnWorker } from './spare-worker.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts'

export interface WorkerOptions {
  readonly python: string
  /** A process that may have been started already. */
  readonly spare?: SpareWorker | undefined
  readonly url: string
  readonly login: Credentials | undefined
  readonly transport: Transport
  readonly run: string
  /** The worker's part of its subjects: the node id, or the name of its group. */
  readonly name: string
  readonly generation: number
  readonly modules: readonly string[]
  readonly path: readonly string[]
  readonly env: Env
  readonly clock: Clock
  readonly log: NodeLog
}

/** For a worker to become ready, and for a server to come back. */
const READY_MS = 30_000
const DEAD_MS = LIMITS.worker_heartbeat_ms * LIMITS.worker_missed_heartbeats
const SILENT = 'it gave no sign of life'
const LEVELS = new Set(['debug', 'info', 'warn', 'error'] as const)

/** One Python process, from its start to its end. It is not made anew: its supervisor makes another. */
export class Worker {
  /** Resolves once, with how it was lost. */
  readonly ended: Promise<AnabranchError>
  /** Resolves when it is ready, or was lost before. */
  readonly ready: Promise<void>
  readonly #options: WorkerOptions
  readonly #process: WorkerProcess
  readonly #links = new Map<string, Link>()
  readonly #subject: string
  readonly #unsubscribe: (() => void)[] = []
  /** Lines of log, its own and what it prints. */
  readonly #passes: () => boolean
  #stale = 0
  #killed = ''
  #connected = true
  /** The last sign of life, or when the connection changed. */
  #beat: number
  #beatSeen = false
  #probing = false
  #watch: unknown
  #becomeReady: () => void = () => undefined

  constructor(options: WorkerOptions) {
    const { run, name, generation, transport, clock, url, login } = options
    this.#options = options
    this.#subject = `anb.${run}.${name}`
    this.#beat = clock.now()
    this.#passes = lineBudget(clock, LIMITS.worker_log_lines, (lines) =>
      options.log.warn(
        { pid: this.pid, lines },
        'lines of a Python worker were left out of the log: too many a second',
      ),
    )
    for (const end of ['out', 'ctl'])
      this.#unsubscribe.push(transport.subscribe(`${this.#subject}.*.${end}`, this.#listener))
    const { modules, path, env, python, spare } = options
    this.#process = startWorkerProcess(
      spare?.take(python, env) ?? spawnWorker(python, env),
      { url, ...login, run, node: name, generation, heartbeat_ms: LIMITS.worker_heartbeat_ms, modules, path },
      {
        clock,
        onLine: (line) => {
          if (this.#passes()) options.log.info({ pid: this.pid, stream: 'stderr' }, line)
        },
      },
    )
    this.ready = new Promise((resolve) => {
      this.#becomeReady = resolve
    })
    this.ended = this.#process.ended.then((how) => this.#lost(how))
    this.#check()
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Messages of earlier workers, and of nodes that are closed. */
  get stale(): number {
    return this.#stale
  }

  /** This end of what is said to one instance in it. */
  link(token: string, deliver: (packet: Packet) => void): Link {
    const { transport, generation, clock } = this.#options
    const subject = `${this.#subject}.${token}.in`
    let stirred = false
    const link: Link = new Link({
      session: token,
      generation,
      messageBytes: transport.messageBytes,
      clock,
      ext: decodeLate,
      publish: (message) => transport.publish(subject, message),
      deliver,
      stuck: () => this.kill('it acknowledges nothing'),
      stir: () => {
        // The worker is to have a whole message while the next one is made.
        if (link.full) link.flush()
        if (stirred) return
        stirred = true
        setImmediate(() => {
          stirred = false
          link.flush()
        })
      },
    })
    this.#links.set(token, link)
    return link
  }

  /** Ends a link; what comes for it later is acknowledged and dropped. */
  unlink(token: string): void {
    this.#links.get(token)?.close()
    this.#links.delete(token)
  }

  /** The connection to the server broke, or is there again. A worker is not taken for dead for silence before that. */
  connection(up: boolean): void {
    this.#connected = up
    this.#beat = this.#options.clock.now()
    for (const link of this.#links.values()) link.connection(up)
  }

  kill(why: string): void {
    this.#killed ||= why
    this.#process.kill()
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.#options.clock.clearTimeout(this.#watch)
    await this.#process.stop()
    await this.ended
  }

  readonly #listener = {
    message: (subject: string, message: Message, bytes: number) => {
      if (message.generation !== this.#options.generation) {
        this.#stale++
        return
      }
      const [, , , token = '', end] = subject.split('.')
      if (end === 'ctl') return this.#control(message)
      const link = this.#links.get(token)
      if (link === undefined) return this.#acknowledge(token, message)
      try {
        link.receive(message, bytes)
      } catch (error) {
        this.#refuse(subject, error as Error)
      }
    },
    refused: (subject: string, error: Error) => this.#refuse(subject, error),
  }

  /** It does not speak the protocol; its end settles what is pending. */
  #refuse(subject: string, error: Error): void {
    this.#options.log.error({ subject, err: error }, 'a message of a Python worker was refused')
    this.kill(`a message of it was refused: ${error.message}`)
  }

  /** What comes for a closed node was sent before the worker knew that; it is not to send it again. */
  #acknowledge(session: string, { packets }: Message): void {
    const { transport, generation } = this.#options
    this.#stale++
    const ack = packets.at(-1)?.seq
    if (ack === undefined) return
    const message = encodeMessage({ generation, session, ack, packets: [] })
    transport.publish(`${this.#subject}.${session}.in`, message)
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
    if (!this.#passes()) return
    const known = [...LEVELS].find((name) => name === level) ?? 'info'
    this.#options.log[known]({ pid: this.pid, logger }, String(message))
  }

  /** Ends a worker that no longer says that it lives, or never did. */
  #check(): void {
    const { clock } = this.#options
    const silent = this.#silentFor()
    if (silent > READY_MS) return this.kill(this.#connected ? SILENT : 'there was no connection to the NATS server')
    if (this.#beatSeen && this.#connected && silent > DEAD_MS) void this.#probe()
    this.#watch = clock.setTimeout(() => this.#check(), LIMITS.worker_heartbeat_ms)
  }

  /** Silence may be the server's: only where that answers, and nothing comes for another heartbeat, is it the worker's. */
  async #probe(): Promise<void> {
    if (this.#probing) return
    this.#probing = true
    const { transport, clock } = this.#options
    await transport.flush().catch(() => undefined)
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, LIMITS.worker_heartbeat_ms / 2)
    })
    this.#probing = false
    if (this.#connected && this.#silentFor() > DEAD_MS) this.kill(SILENT)
  }

  #silentFor(): number {
    return this.#options.clock.now() - this.#beat
  }

  #lost(how: string): AnabranchError {
    const { name, clock } = this.#options
    clock.clearTimeout(this.#watch)
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    for (const token of [...this.#links.keys()]) this.unlink(token)
    const tail = this.#process.tail()
    const why = this.#killed === '' ? '' : `, because ${this.#killed}`
    const text = `the Python worker ${this.pid} of "${name}" ended: ${how}${why}${tail === '' ? '' : `\n${tail}`}`
    this.#becomeReady()
    return new WorkerLostError(text, { fix: 'read its last lines: they are the end of what it wrote' })
  }
}
