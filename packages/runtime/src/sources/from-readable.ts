import { Duplex, type Readable, Transform } from 'node:stream'
import {
  bytes,
  type DefinedNode,
  defineNode,
  type NodeContext,
  NodeExecutionError,
  type NoParams,
  type Plain,
  type ValueOf,
} from '@anabranch/plugin-sdk'
import { defaultRead } from '../default-chunks.ts'
import { destroyed } from '../destroyed.ts'

/** What a source may be made of: a `node:stream` Readable, or anything that `for await` takes. */
export type Chunks<C = unknown> = Readable | AsyncIterable<C>

/** What is said of a source beside where it reads. */
export interface ReadableOptions<T extends string, P extends Plain> {
  /** The node's type; each node of a pipeline has its own. */
  readonly type: T
  readonly summary?: string
  /** The kind of what `read` gives. Default `bytes`. */
  readonly output?: P
}

/**
 * A source over a Readable or any async iterable, to be put into a pipeline. A chunk is asked for only when there is
 * room downstream; what it reads is destroyed (an iterator: returned) when the session stops, also in the middle.
 *
 * @param node the node's type, or more about it
 * @param from what to read. A function is called once for each session and gets a signal that aborts when the session
 * stops; a stream that is given itself can be read by one session only
 * @param read makes a value of a chunk; `undefined` is none. Default: bytes of bytes and strings, text of strings and
 * UTF-8 bytes, for other kinds the chunk itself
 *
 * Errors: what the stream emits fails the node, as the cause of ANB_NODE_EXECUTION; a stream that is destroyed before
 * its end, or read already, the same; a chunk of another kind is ANB_INPUTS.
 */
export function fromReadable<
  const T extends string,
  P extends Plain = typeof bytes,
  // biome-ignore lint/suspicious/noExplicitAny: the chunks of a Readable have no type
  C = any,
>(
  node: T | ReadableOptions<T, P>,
  from: Chunks<C> | ((signal: AbortSignal) => Chunks<C>),
  read?: (chunk: C) => ValueOf<P> | undefined,
): DefinedNode<T, NoParams, Record<never, never>, { readonly output: P }> {
  const options: ReadableOptions<T, P> = typeof node === 'string' ? { type: node } : node
  const { type, summary = 'Reads a stream.', output = bytes as Plain as P } = options
  const given = typeof from === 'function' ? null : from
  let taken = false
  // Until a session reads it, and hears of its error, nobody else may listen.
  if (given !== null && isReadable(given)) given.on('error', () => undefined)

  const open = (signal: AbortSignal): Chunks => {
    if (given === null) return (from as (signal: AbortSignal) => Chunks)(signal)
    if (taken)
      throw new NodeExecutionError('its stream was read by another session already', {
        retryable: false,
        fix: 'give a function that opens a stream, so that each session has its own',
      })
    taken = true
    return given
  }

  return defineNode({
    type,
    summary,
    outputs: { output },
    create: () => {
      let mine: Chunks | null = null
      return {
        async *source({ signal }: NodeContext) {
          const chunks = open(signal)
          mine = chunks
          const reader = read === undefined ? defaultRead(output.kind, 'output') : { read, rest: () => undefined }
          for await (const chunk of until(signal, chunks))
            yield { output: reader.read(chunk as C) as ValueOf<P> | undefined }
          const rest = reader.rest()
          if (rest !== undefined) yield { output: rest as ValueOf<P> }
        },
        async cleanup() {
          const left = mine ?? (taken ? null : given)
          if (left !== null && isReadable(left)) await destroyed(left)
        },
      } as never
    },
  }) as never
}

function isReadable(chunks: Chunks): chunks is Readable {
  const { destroy, on } = chunks as Partial<Readable>
  return typeof destroy === 'function' && typeof on === 'function'
}

/** Whether somebody may still write to the other half, a socket's: then it is destroyed when the session is over. */
function halfOpen(stream: Readable): boolean {
  return stream instanceof Duplex && !(stream instanceof Transform) && stream.writable
}

/** The chunks until the signal aborts, which also ends a wait for the next one. */
async function* until(signal: AbortSignal, chunks: Chunks): AsyncGenerator<unknown> {
  const stream = isReadable(chunks) ? chunks : null
  const iterator: AsyncIterator<unknown> =
    stream?.iterator?.({ destroyOnReturn: false }) ?? chunks[Symbol.asyncIterator]()
  let done = false
  const stop = () => {
    if (done) return
    done = true
    if (stream !== null) {
      if (!halfOpen(stream)) stream.destroy()
    } else void iterator.return?.()?.then(undefined, () => undefined) // Nobody is left who could be told.
  }
  stream?.on('error', () => undefined) // Also a late one, from its destruction.
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (signal.aborted) return stop()
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      if (signal.aborted) return
      yield next.value
    }
    done = true
  } catch (error) {
    if (signal.aborted) return
    done = true
    throw stream?.errored === null
      ? new NodeExecutionError('its stream was destroyed before the end', { cause: error })
      : error
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}
