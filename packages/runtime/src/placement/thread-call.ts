import type { FramePool } from '@anabranch/plugin-sdk/host'
import { CallFrames } from '../executor/call-frames.ts'
import { bufferOf, handlesIn, received } from './carried-values.ts'
import { ThreadContext, type ThreadContextHost } from './thread-context.ts'
import { type CallMessage, OUTPUTS_AHEAD } from './thread-messages.ts'

/** One call on its thread, from its arrival to its end. */
export class ThreadCall {
  readonly message: CallMessage
  readonly context: ThreadContext
  /** Outputs that may be given now. */
  room = OUTPUTS_AHEAD
  iterator: Iterator<unknown> | AsyncIterator<unknown> | null = null
  /** A promise of the iterator is outstanding. */
  pulling = false
  /** Nobody wants the rest of its outputs. */
  left = false
  readonly #pool: FramePool | null
  readonly #frames: CallFrames | null
  /** Frames that came with it, one lease each. */
  #lent: readonly number[]

  constructor(message: CallMessage, host: ThreadContextHost, pool: FramePool | null) {
    this.message = message
    this.#pool = pool
    this.#frames = pool === null ? null : new CallFrames(pool, host.nodeId)
    this.#lent = handlesIn(message.given?.audio)
    this.context = new ThreadContext(host, message.envelope, this.#frames)
  }

  /** The inputs, or the control message. */
  given(): unknown {
    const { given } = this.message
    if (given === undefined) return undefined
    return received(given, (audio) => bufferOf(audio, this.#pool))
  }

  /** It gave an output, and may go on. */
  gave(): void {
    this.#frames?.gave()
  }

  /** Tells its iterable that it is left; what that still does is late by definition. */
  close(): void {
    const ignored = () => undefined
    try {
      const closing = this.iterator?.return?.() as PromiseLike<unknown> | undefined
      closing?.then?.(ignored, ignored)
    } catch {
      // As above.
    }
  }

  /** It is over: what it was lent, and what it made, goes back. */
  end(): void {
    for (const handle of this.#lent) this.#pool?.release(handle)
    this.#lent = []
    this.#frames?.end()
  }
}
