import type { Writable } from 'node:stream'
import { anything, type DefinedNode, defineNode, type NoParams, type Port, type ValueOf } from '@anabranch/plugin-sdk'
import { plainChunk } from '../default-chunks.ts'
import { destroyed } from '../destroyed.ts'
import { Writer } from './writer.ts'

/** Writes that the stream has not answered yet, so that it can take several at once. */
const CONCURRENCY = 16

/** What is said of a sink beside where it writes. */
export interface WritableOptions<T extends string, P extends Port> {
  /** The node's type; each node of a pipeline has its own. */
  readonly type: T
  readonly summary?: string
  /** The kind of what `write` takes. Default `anything`. */
  readonly input?: P
  /**
   * Whether the stream ends with the session. Default true, but for `process.stdout` and `process.stderr`. With `false`
   * it is left as it is, whatever becomes of the session.
   */
  readonly end?: boolean
}

/**
 * A sink over a Writable, to be put into a pipeline. A value is delivered when the stream has answered its write; while
 * the stream is full nothing more is written before `drain`, so that a slow one slows the graph. At the end of the
 * session the stream is ended, and the session waits until all is written; when the session fails, it is destroyed.
 *
 * @param node the node's type, or more about it
 * @param to where to write. A function is called once for each session, at its first value or its end
 * @param write makes a chunk of a value; `undefined` is none. Default: bytes and strings as they are, and in object
 * mode everything but `null`
 *
 * Errors: what the stream emits fails the node, as the cause of ANB_NODE_EXECUTION, at once for what is being written,
 * else with the next value or at the end; a stream that was ended or destroyed, the same; a value that the stream does
 * not take is ANB_INPUTS.
 */
export function toWritable<const T extends string, P extends Port = typeof anything>(
  node: T | WritableOptions<T, P>,
  to: Writable | (() => Writable),
  write?: (value: ValueOf<P>) => unknown,
): DefinedNode<T, NoParams, { readonly input: P }, Record<never, never>> {
  const options: WritableOptions<T, P> = typeof node === 'string' ? { type: node } : node
  const { type, summary = 'Writes to a stream.', input = anything as Port as P } = options
  const given = typeof to === 'function' ? null : to
  // Until a session writes to it, and hears of its error, nobody else may listen.
  given?.on('error', () => undefined)
  const ends = (stream: Writable) =>
    options.end ?? !(stream === (process.stdout as Writable) || stream === (process.stderr as Writable))

  return defineNode({
    type,
    summary,
    purity: 'effectful',
    concurrency: CONCURRENCY,
    inputs: { input },
    create: () => {
      let writer: Writer | null = null
      const open = () => {
        writer ??= new Writer(given ?? (to as () => Writable)())
        return writer
      }
      const letGo = async () => {
        const left = writer?.stream ?? given
        if (left !== null && ends(left)) {
          left.on('error', () => undefined) // A late one, of a stream that is done with.
          if (!left.writableFinished) await destroyed(left)
        }
        writer?.release()
        writer = null
      }
      return {
        execute(inputs, context) {
          const value = (inputs as { readonly input: ValueOf<P> }).input
          const chunk = write === undefined ? value : write(value)
          if (write !== undefined && chunk === undefined) return
          const out = open()
          return out.write(plainChunk(chunk, out.stream.writableObjectMode, 'input'), () => context.signal)
        },
        flush() {
          const out = open()
          return ends(out.stream) ? out.end() : undefined
        },
        reset: letGo,
        cleanup: letGo,
      }
    },
  }) as never
}
