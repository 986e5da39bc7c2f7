import { AudioBuffer, AudioFormatError } from '@anabranch/plugin-sdk'
import { decodeSamples, type SampleFormat } from './sample-format.ts'
import { isWav, wavHeader } from './wav-header.ts'

/** Samples as they come: how they lie in bytes, their rate and channels. */
export interface StreamFormat extends SampleFormat {
  readonly sampleRate: number
  readonly channels: number
}

export interface ReadAudioOptions {
  /** What errors call the stream. */
  readonly name: string
  /** `wav`: as its header says. A format: raw samples. A function: raw samples unless it begins as a wav stream does. */
  readonly as: 'wav' | StreamFormat | (() => StreamFormat)
  /** Told once, before the first frame; `size` in bytes, where it is known. */
  onFormat?(format: StreamFormat, size: number | null, wav: boolean): void
}

const FRAME_MS = 20

/**
 * Frames of 20 ms of a stream of bytes, whatever chunks it comes in; the last may be shorter. Memory is bounded by one
 * chunk and one frame.
 *
 * @throws AudioFormatError for what is no audio of this form, and for a stream that ends inside of a sample
 */
export async function* readAudio(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadAudioOptions,
): AsyncGenerator<AudioBuffer> {
  let rest: Buffer = Buffer.alloc(0)
  let format: StreamFormat | null = null
  let left = Number.POSITIVE_INFINITY
  let frameBytes = 0
  for await (const chunk of chunks) {
    rest =
      rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([rest, chunk])
    if (format === null) {
      const begun = begin(rest, options)
      if (begun === null) continue
      format = begun.format
      left = begun.size ?? left
      rest = rest.subarray(begun.start)
      frameBytes = Math.max(1, Math.round((format.sampleRate * FRAME_MS) / 1000)) * format.channels * format.bytes
    }
    // What follows the samples of a wav file is no sound.
    if (rest.length > left) rest = rest.subarray(0, left)
    let at = 0
    for (; at + frameBytes <= rest.length; at += frameBytes) yield frame(rest.subarray(at, at + frameBytes), format)
    left -= at
    rest = rest.subarray(at)
    if (left === 0) return
  }
  if (rest.length === 0) return
  // Too short to begin as a wav stream does: raw, where that is allowed.
  if (format === null && typeof options.as === 'function') {
    format = options.as()
    options.onFormat?.(format, null, false)
  }
  if (format === null) throw tooShort(options.name, rest.length)
  if (rest.length % (format.channels * format.bytes) !== 0)
    throw new AudioFormatError(`${options.name} ends inside of a sample: ${rest.length} bytes are left`, {
      fix: 'check its format, rate and channels',
    })
  yield frame(rest, format)
}

function begin(bytes: Buffer, { as, name, onFormat }: ReadAudioOptions) {
  if (typeof as === 'object') {
    onFormat?.(as, null, false)
    return { format: as, start: 0, size: null }
  }
  if (typeof as === 'function') {
    if (bytes.length < 12) return null
    if (!isWav(bytes)) return begin(bytes, { name, as: as(), ...(onFormat && { onFormat }) })
  }
  const header = wavHeader(bytes, name)
  if (header === null) return null
  const { start, size, ...format } = header
  onFormat?.(format, size, true)
  return { format, start, size }
}

const frame = (bytes: Buffer, format: StreamFormat) =>
  new AudioBuffer(decodeSamples(bytes, format), format.sampleRate, format.channels)

function tooShort(name: string, bytes: number): Error {
  return new AudioFormatError(`${name} has no audio: it ends after ${bytes} bytes`, { fix: 'give a longer one' })
}
