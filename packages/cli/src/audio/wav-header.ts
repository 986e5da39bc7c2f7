import { AudioFormatError } from '@anabranch/plugin-sdk'
import type { SampleFormat } from './sample-format.ts'

/** What stands before the samples of a wav stream. */
export interface WavHeader extends SampleFormat {
  readonly sampleRate: number
  readonly channels: number
  /** Where the samples begin. */
  readonly start: number
  /** How many bytes of samples follow; null where that was not known when it was written, as in a pipe. */
  readonly size: number | null
}

/** The real format stands at the end of a longer `fmt ` chunk. */
const EXTENSIBLE = 0xfffe
const UNKNOWN_SIZE = 0xffffffff
/** More than this before the samples is no header. */
export const MOST_HEADER_BYTES = 1024 * 1024

export function isWav(bytes: Buffer): boolean {
  return bytes.length >= 12 && tag(bytes, 0) === 'RIFF' && tag(bytes, 8) === 'WAVE'
}

/**
 * The header of a wav stream, or null where more bytes are needed to tell.
 *
 * @param name what errors call the stream
 * @throws AudioFormatError for what is no wav, or has samples that are neither whole numbers nor floats
 */
export function wavHeader(bytes: Buffer, name: string): WavHeader | null {
  if (bytes.length < 12) return null
  if (!isWav(bytes)) throw refused(name, 'is not a wav stream')
  let format: Omit<WavHeader, 'start' | 'size'> | undefined
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4)
    const start = at + 8
    if (tag(bytes, at) === 'data') {
      if (format === undefined) throw refused(name, 'has samples before it says their format')
      return { ...format, start, size: size === 0 || size === UNKNOWN_SIZE ? null : size }
    }
    if (start + size > MOST_HEADER_BYTES) throw refused(name, 'has no samples in its first mebibyte')
    if (start + size > bytes.length) return null
    if (tag(bytes, at) === 'fmt ') format = formatOf(bytes.subarray(start, start + size), name)
    at = start + size + (size % 2)
  }
  return null
}

function formatOf(chunk: Buffer, name: string): Omit<WavHeader, 'start' | 'size'> {
  if (chunk.length < 16) throw refused(name, 'has a format of too few bytes')
  const first = chunk.readUInt16LE(0)
  const code = first === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : first
  const bits = chunk.readUInt16LE(14)
  const float = code === 3
  const fits = float ? bits === 32 || bits === 64 : code === 1 && [8, 16, 24, 32].includes(bits)
  if (!fits) throw refused(name, `has samples of ${bits} bits in format ${code}`)
  return {
    float,
    bytes: (bits / 8) as SampleFormat['bytes'],
    channels: chunk.readUInt16LE(2),
    sampleRate: chunk.readUInt32LE(4),
  }
}

const tag = (bytes: Buffer, at: number) => bytes.toString('latin1', at, at + 4)

function refused(name: string, what: string): Error {
  return new AudioFormatError(`${name} ${what}`, {
    fix: 'give PCM, for example: ffmpeg -i yours -f wav -c:a pcm_s16le -',
  })
}

/** A header for samples of 16 bits or 32-bit floats; null for a size that is not known yet. */
export function makeWavHeader(
  { sampleRate, channels }: { readonly sampleRate: number; readonly channels: number },
  { float }: SampleFormat,
  size: number | null,
): Buffer {
  const bytes = float ? 4 : 2
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(size === null ? UNKNOWN_SIZE : 36 + size, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(float ? 3 : 1, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(sampleRate, 24)
  head.writeUInt32LE(bytes * channels * sampleRate, 28)
  head.writeUInt16LE(bytes * channels, 32)
  head.writeUInt16LE(8 * bytes, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(size ?? UNKNOWN_SIZE, 40)
  return head
}
