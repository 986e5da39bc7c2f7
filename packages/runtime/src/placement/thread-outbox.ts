import { inspect } from 'node:util'
import type { MessagePort } from 'node:worker_threads'
import { MarshalingError } from '@anabranch/plugin-sdk'
import type { FramePool } from '@anabranch/plugin-sdk/host'
import { systemScheduler } from '../clock.ts'
import { carryError } from './carried-error.ts'
import { type Carried, carry, handlesIn } from './carried-values.ts'
import type { AnswerMessage, FromThread } from './thread-messages.ts'

/** What a thread says, in batches, and the leases of the frames in it. */
export class ThreadOutbox {
  readonly #port: MessagePort
  readonly #nodeId: string
  readonly #pool: FramePool | null
  readonly #refused: (call: number, error: unknown) => boolean
  /** Frames of answers that were not told to be taken yet, one lease each. */
  readonly #sent = new Map<number, readonly number[]>()
  #answers = 0
  #out: FromThread[] = []

  /** `refused` is told of an output that cannot be posted; it says whether its call was still under way, and has ended it. */
  constructor(
    port: MessagePort,
    nodeId: string,
    pool: FramePool | null,
    refused: (call: number, error: unknown) => boolean,
  ) {
    this.#port = port
    this.#nodeId = nodeId
    this.#pool = pool
    this.#refused = refused
    // Posted at once: answers with frames in it are posted later.
    pool?.onSlab((slab) => this.#now({ kind: 'slab', slab }))
  }

  post(message: FromThread): void {
    this.#out.push(message)
    if (this.#out.length === 1) systemScheduler.soon(() => this.#flush())
  }

  /** An output of a call. @throws MarshalingError for what cannot go to another thread */
  output(call: number, state: 'output' | 'done', value: unknown, pts: number | undefined): void {
    const carried = carry(value, this.#nodeId, 'output')
    const answer = this.#lease(carried)
    this.post({
      kind: 'answer',
      call,
      state,
      value: carried,
      ...(pts !== undefined && { pts }),
      ...(answer !== 0 && { answer }),
    })
  }

  /** The other side has leases of its own now. */
  taken(answer: number): void {
    for (const handle of this.#sent.get(answer) ?? []) this.#pool?.release(handle)
    this.#sent.delete(answer)
  }

  /** Leases for the way, which are kept until the other side has its own: this thread may be ended at any moment. */
  #lease({ audio }: Carried): number {
    const handles = handlesIn(audio)
    if (handles.length === 0) return 0
    for (const handle of handles) this.#pool?.retain(handle)
    this.#sent.set(++this.#answers, handles)
    return this.#answers
  }

  #flush(): void {
    const out = this.#out
    this.#out = []
    try {
      this.#port.postMessage(out)
    } catch {
      for (const message of out) this.#alone(message)
    }
  }

  /** One that may be why its batch could not be posted. */
  #alone(message: FromThread): void {
    try {
      this.#now(message)
    } catch (cause) {
      if (message.kind === 'log') this.#now({ ...message, fields: inspect(message.fields) })
      else if (message.kind === 'answer') this.#unposted(message, cause)
      else throw cause
    }
  }

  #unposted({ call, answer = 0 }: AnswerMessage, cause: unknown): void {
    this.taken(answer)
    const { message } = cause as Error
    const error = new MarshalingError(`node "${this.#nodeId}": an output cannot go to another thread: ${message}`, {
      nodeId: this.#nodeId,
      cause,
      fix: 'give plain data, typed arrays or audio; or leave placement out',
    })
    if (!this.#refused(call, error)) this.#now({ kind: 'answer', call, state: 'threw', error: carryError(error) })
  }

  #now(message: FromThread): void {
    this.#port.postMessage([message])
  }
}
