import { finished, type Writable } from 'node:stream'
import { NodeExecutionError } from '@anabranch/plugin-sdk'

interface Write {
  readonly chunk: unknown
  readonly signal: AbortSignal | null
  resolve(): void
  reject(error: unknown): void
}

/**
 * Writes to a Writable for one session. A write is through when the stream has answered it; while the stream is full,
 * writes wait in their order for `drain`. An error, or a stream that closes too early, fails all that are open at once.
 */
export class Writer {
  readonly stream: Writable
  /** As many as the node's concurrency at most. */
  readonly #waiting: Write[] = []
  readonly #written = new Set<Write>()
  #full: boolean
  #failure: unknown = null

  constructor(stream: Writable) {
    this.stream = stream
    this.#full = stream.writableNeedDrain === true
    if (stream.errored) this.#failure = stream.errored
    else if (stream.destroyed || !stream.writable)
      this.#failure = new NodeExecutionError('its stream was ended or destroyed already', {
        retryable: false,
        fix: 'give a function that opens a stream, so that each session has its own, or say end: false',
      })
    stream.on('drain', this.#drained)
    stream.on('error', this.#fail)
    stream.on('close', this.#closed)
  }

  /** Resolves when the stream has answered. What still waits when `signal` aborts is not written. */
  write(chunk: unknown, signal: () => AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure)
      if (!this.#full && this.#waiting.length === 0) this.#put({ chunk, signal: null, resolve, reject })
      else this.#waiting.push({ chunk, signal: signal(), resolve, reject })
    })
  }

  /** Ends the stream; resolves when all is written and, where it can be closed, it is closed. */
  end(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure)
      finished(this.stream, { readable: false }, (error) => (error ? reject(this.#failure ?? error) : resolve()))
      this.stream.end()
    })
  }

  /** Lets go of the stream without ending it. */
  release(): void {
    this.stream.off('drain', this.#drained)
    this.stream.off('error', this.#fail)
    this.stream.off('close', this.#closed)
  }

  #put(write: Write): void {
    this.#written.add(write)
    const answered = (error?: Error | null) => {
      if (!this.#written.delete(write)) return
      if (error) write.reject(error)
      else write.resolve()
    }
    try {
      if (!this.stream.write(write.chunk, answered)) this.#full = true
    } catch (error) {
      answered(error as Error)
    }
  }

  readonly #drained = (): void => {
    this.#full = false
    while (!this.#full) {
      const write = this.#waiting.shift()
      if (write === undefined) return
      if (write.signal?.aborted) write.reject(write.signal.reason)
      else this.#put(write)
    }
  }

  readonly #fail = (error: unknown): void => {
    this.#failure ??= error
    const open = [...this.#written, ...this.#waiting.splice(0)]
    this.#written.clear()
    for (const write of open) write.reject(this.#failure)
  }

  readonly #closed = (): void => {
    if (this.stream.writableFinished) return
    this.#fail(
      this.stream.errored ?? new NodeExecutionError('its stream was destroyed before the end', { retryable: false }),
    )
  }
}
