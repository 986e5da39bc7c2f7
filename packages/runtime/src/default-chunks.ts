import { StringDecoder } from 'node:string_decoder'
import { InvalidInputsError } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'

/** Makes values of chunks. What is left inside at the end is `rest`. */
export interface ChunkReader {
  /** `undefined` where a chunk gives no value yet. */
  read(chunk: unknown): unknown
  rest(): unknown
}

/** The same bytes as the plain `Uint8Array` that types promise: the `slice` of a Buffer would share its memory. */
export function plainBytes(chunk: Uint8Array): Uint8Array {
  return Buffer.isBuffer(chunk) ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) : chunk
}

/** Kinds that a stream of bytes carries without being told how. */
export function isByteKind(kind: string): boolean {
  return kind === 'bytes' || kind === 'text'
}

/**
 * How chunks become values of a kind where nobody says it: bytes from bytes and strings, text from strings and UTF-8
 * (a character may be cut anywhere), anything else as it is.
 *
 * @param key what an error names
 */
export function defaultRead(kind: string, key: string): ChunkReader {
  if (kind === 'text') return textReader(key)
  if (kind !== 'bytes') return { read: (chunk) => chunk, rest: () => undefined }
  return {
    read(chunk) {
      const given = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      return given instanceof Uint8Array ? plainBytes(given) : refuse(chunk, kind, key)
    },
    rest: () => undefined,
  }
}

function textReader(key: string): ChunkReader {
  const decoder = new StringDecoder('utf8')
  const some = (text: string) => (text === '' ? undefined : text)
  return {
    read(chunk) {
      if (typeof chunk === 'string') return some(decoder.end() + chunk)
      return chunk instanceof Uint8Array ? some(decoder.write(Buffer.from(chunk))) : refuse(chunk, 'text', key)
    },
    rest: () => some(decoder.end()),
  }
}

function refuse(chunk: unknown, kind: string, key: string): never {
  throw new InvalidInputsError(`a chunk is ${describe(chunk)}, which is no ${kind}`, {
    key,
    fix: 'give read(chunk), which makes a value of it',
  })
}

/** What can be written as it is: bytes and strings, and in object mode everything but `null`, which would end the stream. */
export function plainChunk(value: unknown, objectMode: boolean, key: string): unknown {
  if (objectMode ? value !== null && value !== undefined : typeof value === 'string' || value instanceof Uint8Array)
    return value
  throw new InvalidInputsError(
    objectMode ? 'null would end the stream' : `the stream takes bytes and strings, not ${describe(value)}`,
    { key, fix: 'give write(value), which makes a chunk of it' },
  )
}
