import { type AnabranchError, CancelledError, LimitExceededError, type Values } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { AbortWatch } from './abort-watch.ts'
import { FLAG, KIND, type Kind, type Packet } from './packet.ts'
import { remoteError } from './remote-error.ts'

/** Input sets that may be with the worker at once; what is beyond waits here. */
export const WINDOW = 8

export interface RequestOptions {
  readonly pts?: number
  readonly epoch?: number
  readonly signal?: AbortSignal
}

interface Pending {
  readonly packet: Packet
  readonly answers: Values[]
  resolve(answers: Values[]): void
  reject(error: unknown): void
}

/**
 * One open node, seen from the host: numbers what is sent, matches answers by that number, and drops those that come
 * for something already settled.
 */
export class Channel {
  readonly #send: (packet: Packet) => void
  readonly #sent = new Map<number, Pending>()
  readonly #waiting: Pending[] = []
  readonly #aborts = new AbortWatch((seq, signal) => this.#cancel(seq, cancelled(signal)))
  #seq = 0
  #stale = 0
  #failed: AnabranchError | undefined

  constructor(send: (packet: Packet) => void) {
    this.#send = send
  }

  get inFlight(): number {
    return this.#sent.size + this.#waiting.length
  }

  /** Answers that came too late. */
  get stale(): number {
    return this.#stale
  }

  /** Sends one packet; resolves with the values of all its answers. Rejects with the error the worker gave, or `fail`'s. */
  request(kind: Kind, values: Values, options: RequestOptions = {}): Promise<Values[]> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed)
    if (this.inFlight >= LIMITS.in_flight)
      return Promise.reject(
        new LimitExceededError(`${this.inFlight} input sets are unanswered; at most ${LIMITS.in_flight}`, {
          limit: 'in_flight',
          fix: 'wait for an answer before the next call',
        }),
      )
    const { signal } = options
    if (signal?.aborted) return Promise.reject(cancelled(signal))
    return new Promise((resolve, reject) => {
      const packet = this.#packet(kind, values, options)
      const forget = this.#aborts.add(packet.seq, signal)
      const pending: Pending = {
        packet,
        answers: [],
        resolve: (answers) => {
          forget()
          resolve(answers)
        },
        reject: (error) => {
          forget()
          reject(error)
        },
      }
      this.#waiting.push(pending)
      this.#proceed()
    })
  }

  /** Takes one packet that the worker sent. */
  receive(packet: Packet): void {
    if (packet.kind === KIND.error && packet.of === 0) {
      this.#settleAll(remoteError(packet.values))
      return
    }
    const pending = this.#sent.get(packet.of)
    if (pending === undefined) {
      this.#stale++
      return
    }
    if (packet.kind === KIND.data) pending.answers.push(packet.values)
    if (packet.kind === KIND.data && (packet.flags & FLAG.last) === 0) return
    this.#sent.delete(packet.of)
    if (packet.kind === KIND.error) pending.reject(remoteError(packet.values))
    else pending.resolve(packet.kind === KIND.ready ? [packet.values] : pending.answers)
    this.#proceed()
  }

  /** Settles everything pending with an error, at once; with `forGood`, what comes later too. */
  fail(error: AnabranchError, forGood: boolean): void {
    if (forGood) this.#failed = error
    this.#settleAll(error)
  }

  #settleAll(error: AnabranchError): void {
    const all = [...this.#sent.values(), ...this.#waiting]
    this.#sent.clear()
    this.#waiting.length = 0
    for (const pending of all) pending.reject(error)
  }

  /** The caller is answered at once; the worker is told, and its late answer dropped. */
  #cancel(seq: number, error: AnabranchError): void {
    const index = this.#waiting.findIndex((pending) => pending.packet.seq === seq)
    const [waiting] = index < 0 ? [] : this.#waiting.splice(index, 1)
    waiting?.reject(error)
    const sent = this.#sent.get(seq)
    if (sent === undefined) return
    this.#sent.delete(seq)
    sent.reject(error)
    try {
      this.#send(this.#packet(KIND.interrupt, {}, {}, seq))
    } catch {
      // No connection: its breaking has failed or will fail everything, and the caller has its answer.
    }
    this.#proceed()
  }

  #proceed(): void {
    while (this.#sent.size < WINDOW) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#sent.set(next.packet.seq, next)
      try {
        this.#send(next.packet)
      } catch (error) {
        this.#sent.delete(next.packet.seq)
        next.reject(error)
      }
    }
  }

  #packet(kind: Kind, values: Values, { pts = 0, epoch = 0 }: RequestOptions, of = 0): Packet {
    return { kind, seq: ++this.#seq, attempt: 1, epoch, flags: 0, pts, rest: null, values, of }
  }
}

const cancelled = (signal: AbortSignal) =>
  new CancelledError('the work of a Python node was cancelled', { cause: signal?.reason })
