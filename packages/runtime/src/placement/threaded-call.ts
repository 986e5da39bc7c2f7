import { CancelledError, type Envelope, isAnabranchError, type NodeContext } from '@anabranch/plugin-sdk'
import { type FramePool, framesOf } from '@anabranch/plugin-sdk/host'
import { errorOf } from './carried-error.ts'
import { bufferOf, type Carried, handlesIn, received } from './carried-values.ts'
import type { AnswerMessage, CallKind } from './thread-messages.ts'
import { ThreadOutputs } from './thread-outputs.ts'

/** Tells the thread of a call. */
export interface CallLine {
  more(call: ThreadedCall): void
  leave(call: ThreadedCall): void
}

/** One call of a node on a thread, as its session sees it: a promise of its result, or of the iterable of its outputs. */
export class ThreadedCall {
  readonly number: number
  readonly instance: number
  readonly what: CallKind
  /** The inputs or the control message, kept until the end: a call that a dead thread had not begun is sent again. */
  readonly given: unknown
  readonly envelope: Envelope
  readonly result: Promise<unknown>
  /** Its byte in the thread's `begun`; -1 where there is none. */
  place = -1
  /** Why nobody waits for it any more. */
  aborted: { readonly reason: unknown } | null = null
  line: CallLine | null = null
  readonly #context: NodeContext | null
  readonly #pool: FramePool | null
  #outputs: ThreadOutputs<AnswerMessage> | null = null
  #resolve: (value: unknown) => void = () => undefined
  #reject: (error: unknown) => void = () => undefined

  constructor(
    call: { number: number; instance: number; what: CallKind; given: unknown; envelope: Envelope },
    context: NodeContext | null,
    pool: FramePool | null,
  ) {
    this.number = call.number
    this.instance = call.instance
    this.what = call.what
    this.given = call.given
    this.envelope = call.envelope
    this.#context = context
    this.#pool = pool
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Whether its time was up. */
  get timedOut(): boolean {
    const reason = this.aborted?.reason
    return isAnabranchError(reason) && reason.code === 'ANB_TIMEOUT'
  }

  /** What the thread says; leases of the frames in it are this side's already. True where that was the last of it. */
  answered(message: AnswerMessage): boolean {
    if (message.state === 'threw') this.fail(errorOf(message.error ?? { name: '', message: '' }))
    else if (this.aborted !== null) {
      this.#discard(message)
      if (message.state === 'done') this.fail(new CancelledError('interrupted', { cause: this.aborted.reason }))
    } else if (message.state === 'output') this.#output(message)
    else if (this.#outputs !== null) this.#outputs.end()
    else this.#settle(() => this.#resolve(this.#made(message)))
    return message.state !== 'output'
  }

  fail(error: unknown): void {
    if (this.#outputs !== null) this.#outputs.fail(error)
    else this.#reject(error)
  }

  /** It ended without a result. */
  succeed(): void {
    this.#resolve(undefined)
  }

  #output(message: AnswerMessage): void {
    if (this.#outputs === null) {
      this.#outputs = new ThreadOutputs<AnswerMessage>(
        (output) => {
          this.line?.more(this)
          return this.#made(output)
        },
        (output) => this.#discard(output),
        () => this.line?.leave(this),
      )
      this.#resolve(this.#outputs)
    }
    this.#outputs.push(message)
  }

  #settle(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#reject(error)
    }
  }

  /** The outputs as the node gave them; its frames are of this call. */
  #made({ value, pts }: AnswerMessage): unknown {
    if (value === undefined) return undefined
    const context = this.#context as NodeContext
    const frames = framesOf(context)
    const outputs = received(value, (audio) => {
      const buffer = bufferOf(audio, this.#pool)
      return audio.handle === undefined || frames === null ? buffer : frames.made(buffer)
    })
    return pts === undefined ? outputs : context.at(pts, outputs as object)
  }

  #discard({ value }: { readonly value?: Carried }): void {
    for (const handle of handlesIn(value?.audio)) this.#pool?.release(handle)
  }
}
