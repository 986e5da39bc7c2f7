import { Duplex } from 'node:stream'
import { type Inputs, isAnabranchError, MarshalingError, type ValueOf } from '@anabranch/plugin-sdk'
import type { Session } from './create-executor.ts'
import { type ChunkReader, defaultRead, isByteKind, plainBytes, plainChunk } from './default-chunks.ts'
import type { EngineSession } from './executor/session.ts'
import { streamEnds } from './executor/stream-ends.ts'
import type { Nodes, OutputRef, ValueAt } from './manifest/define-pipeline.ts'

/** Where a stream enters a pipeline and where it leaves it. */
export interface DuplexEnds<
  I extends Inputs,
  F extends Nodes,
  A extends keyof I & string,
  R extends OutputRef<F>,
  M extends boolean,
> {
  /** The pipeline's input that is written to. */
  readonly input: A
  /** The output of a final node that is read, as `node.key`. What other final nodes give is read and left out. */
  readonly output: R
  /** Makes a value of a chunk; `undefined` is none. */
  // biome-ignore lint/suspicious/noExplicitAny: in object mode a chunk has no type
  readonly read?: (chunk: M extends true ? any : Uint8Array) => ValueOf<I[A]> | undefined
  /** Makes a chunk of a value: bytes or a string, in object mode anything but `null`; `undefined` is none. */
  readonly write?: (value: ValueAt<F, R>) => unknown
  /** Default: bytes where `read` or `write` is given or the kind is bytes or text, objects elsewhere; each end for itself. */
  readonly objectMode?: M
}

/**
 * A whole pipeline as a Duplex: `createReadStream(a).pipe(duplex(session, { input, output })).pipe(b)`.
 *
 * What is written is sent, and answered when it is accepted; an output is taken when it is read. So a slow reader slows
 * the writer, and what is under way is bounded by the edges. The end of the writable ends the session; the readable ends
 * after the last output. Where the graph completes by itself (its nodes take no more), the readable ends then, and what
 * is still written is dropped. An error of the session destroys the stream with it, its code included; a session that
 * somebody else cancels, with ANB_CANCELLED. A stream that is destroyed cancels the session; `session.close()` waits
 * until that is done.
 *
 * Without `read` and `write`, bytes and text are read from and written as bytes (text as UTF-8), and values of other
 * kinds pass in object mode. The stream is the session's only sender, and reads `session.read()`.
 *
 * @throws InvalidInputsError, NodeNotFoundError for an end that is not there; NotAvailableError for an output that is
 * read inside the pipeline. The stream emits MarshalingError where `read` or `write` throws, InvalidInputsError for a
 * chunk or value that does not fit.
 */
export function duplex<
  I extends Inputs,
  F extends Nodes,
  A extends keyof I & string,
  R extends OutputRef<F>,
  M extends boolean = false,
>(session: Session<I, F>, ends: DuplexEnds<I, F, A, R, M>): Duplex {
  return new SessionDuplex(session as unknown as EngineSession, ends as unknown as AnyEnds)
}

interface AnyEnds {
  readonly input: string
  readonly output: string
  readonly read?: (chunk: unknown) => unknown
  readonly write?: (value: unknown) => unknown
  readonly objectMode?: boolean
}

type Done = (error?: Error | null) => void

class SessionDuplex extends Duplex {
  readonly #session: EngineSession
  readonly #ends: AnyEnds
  readonly #reader: ChunkReader
  #outputs: ReturnType<EngineSession['outputs'][typeof Symbol.asyncIterator]> | null = null
  #pulling = false
  #outputsOver = false
  /** Everything written was sent, and the session was told to end. */
  #ended = false

  constructor(session: EngineSession, ends: AnyEnds) {
    const { input, output, read, write, objectMode } = ends
    const { inputKind, outputKind } = streamEnds(session.graph, input, output)
    super({
      writableObjectMode: objectMode ?? !(read !== undefined || isByteKind(inputKind)),
      readableObjectMode: objectMode ?? !(write !== undefined || isByteKind(outputKind)),
    })
    this.#session = session
    this.#ends = ends
    this.#reader =
      read === undefined ? defaultRead(inputKind, input) : { read: this.#convert(read), rest: () => undefined }
  }

  #convert(read: (chunk: unknown) => unknown): (chunk: unknown) => unknown {
    return this.writableObjectMode ? read : (chunk) => read(plainBytes(chunk as Uint8Array))
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: Done): void {
    this.#send(() => this.#reader.read(chunk), done)
  }

  override _final(done: Done): void {
    this.#send(
      () => this.#reader.rest(),
      (error) => (error ? done(error) : this.#end(done)),
    )
  }

  override _read(): void {
    if (!this.#pulling) void this.#pull()
  }

  override _destroy(error: Error | null, done: Done): void {
    void this.#outputs?.return?.()
    void this.#session.cancel(error?.message ?? 'its stream was destroyed')
    // Not awaited: a node that does not hear that it is cancelled would hold the error back.
    done(error)
  }

  #send(make: () => unknown, done: Done): void {
    const { input } = this.#ends
    let value: unknown
    try {
      value = make()
    } catch (error) {
      return done(coded(error, 'read', input))
    }
    if (value === undefined) return done()
    this.#session.send({ [input]: value }).then(
      () => done(),
      (error: Error) => done(this.#tookItsLast(error) ? null : error),
    )
  }

  /** The graph took its last input by itself: nobody stopped it, nothing failed. */
  #tookItsLast(error: Error): boolean {
    const { ending, error: failure } = this.#session
    return isAnabranchError(error) && error.code === 'ANB_CANCELLED' && failure === undefined && !ending
  }

  #end(done: Done): void {
    this.#ended = true
    const ended = this.#session.end()
    // While there is more to read, `finish` must not wait for the reader; later, nobody else would tell an error.
    if (this.#outputsOver) return void ended.then(() => done(), done)
    ended.catch((error: Error) => this.destroy(error))
    done()
  }

  async #pull(): Promise<void> {
    this.#pulling = true
    this.#outputs ??= this.#session.read()[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await this.#outputs.next()
        if (this.destroyed) return
        if (next.done) return await this.#finish()
        if (next.value.from !== this.#ends.output) continue
        const chunk = this.#chunkOf(next.value.value)
        if (chunk !== undefined && !this.push(chunk)) return
      }
    } catch (error) {
      this.destroy(error as Error)
    } finally {
      this.#pulling = false
    }
  }

  /** `undefined` for nothing; in byte mode that is also an empty chunk, which would not wake a reader. */
  #chunkOf(value: unknown): unknown {
    const { output, write } = this.#ends
    const { readableObjectMode } = this
    let chunk = value
    try {
      if (write !== undefined) chunk = write(value)
    } catch (error) {
      throw coded(error, 'write', output)
    }
    if (write !== undefined && chunk === undefined) return undefined
    plainChunk(chunk, readableObjectMode, output)
    return !readableObjectMode && (chunk as string | Uint8Array).length === 0 ? undefined : chunk
  }

  async #finish(): Promise<void> {
    this.#outputsOver = true
    const session = this.#session
    if (this.#ended) await session.end()
    const { cancelled, dropped } = session.ledger()
    if (session.stopped !== null && (!this.#ended || cancelled > 0 || dropped.closed > 0)) throw session.stopped
    this.push(null)
  }
}

function coded(thrown: unknown, what: 'read' | 'write', key: string): Error {
  if (isAnabranchError(thrown)) return thrown
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return new MarshalingError(`${what} of the stream at "${key}" threw: ${why}`, { key, cause: thrown })
}
