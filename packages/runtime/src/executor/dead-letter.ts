import { createHash } from 'node:crypto'
import { createWriteStream, type WriteStream } from 'node:fs'
import { type AnabranchError, AudioBuffer, type Envelope, type NodeLog } from '@anabranch/plugin-sdk'

/** An input set that failed for good, under `on_error: dead-letter`. */
export interface DeadLetter {
  readonly nodeId: string
  readonly inputs: unknown
  readonly error: AnabranchError
  /** Calls made, the first included. */
  readonly attempts: number
  readonly envelope: Envelope
}

/** One JSON line of a dead letter. Samples and bytes are described by kind, size and SHA-256, never written out. */
export function deadLetterLine({ nodeId, inputs, error, attempts, envelope }: DeadLetter): string {
  return JSON.stringify({
    node_id: nodeId,
    error: { code: error.code, message: error.message },
    attempts,
    envelope,
    inputs: summary(inputs, 8),
  })
}

function summary(value: unknown, depth: number): unknown {
  if (value instanceof AudioBuffer) {
    const { sampleRate, channels, length, samples } = value
    return { kind: 'audio', sample_rate: sampleRate, channels, length, sha256: hash(samples) }
  }
  if (ArrayBuffer.isView(value)) return { kind: value.constructor.name, bytes: value.byteLength, sha256: hash(value) }
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '…'
  if (Array.isArray(value)) return value.map((part) => summary(part, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, summary(part, depth - 1)]))
}

function hash(view: ArrayBufferView): string {
  return createHash('sha256')
    .update(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
    .digest('hex')
}

/** The file that an executor was told to write them to, if it was. */
export function deadLettersTo(path: string | undefined, log: () => NodeLog): DeadLetterFile | null {
  if (path === undefined) return null
  return new DeadLetterFile(path, (err) => log().error({ err }, 'dead letters cannot be written'))
}

/** A file of dead letters, opened with the first. */
export class DeadLetterFile {
  readonly #path: string
  readonly #onError: (error: Error) => void
  #stream: WriteStream | null = null

  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path
    this.#onError = onError
  }

  write(letter: DeadLetter): void {
    if (this.#stream === null) {
      this.#stream = createWriteStream(this.#path, { flags: 'a' })
      this.#stream.on('error', this.#onError)
    }
    this.#stream.write(`${deadLetterLine(letter)}\n`)
  }

  close(): Promise<void> {
    const stream = this.#stream
    this.#stream = null
    if (stream === null) return Promise.resolve()
    return new Promise((resolve) => {
      stream.on('close', () => resolve())
      stream.end()
    })
  }
}
