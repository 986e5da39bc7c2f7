import { readFileSync } from 'node:fs'
import { AudioFormatError, InvalidInputsError } from '@anabranch/plugin-sdk'

/** A recording of 16 bit samples, interleaved. */
export interface Wav {
  readonly sampleRate: number
  readonly channels: number
  readonly samples: Int16Array
}

const PCM = 1
/** The real format stands at the end of a longer `fmt ` chunk. */
const EXTENSIBLE = 0xfffe
const FIX = 'give 16 bit PCM, for example: ffmpeg -i yours -c:a pcm_s16le speech.wav'

/**
 * Reads a wav file.
 *
 * @throws InvalidInputsError where it cannot be read, AudioFormatError where it is not 16 bit PCM or is cut off.
 */
export function readWav(path: string): Wav {
  const bytes = bytesOf(path)
  const refuse = (what: string): never => {
    throw new AudioFormatError(`${path} ${what}`, { expected: { dtype: 'i16' }, fix: FIX })
  }
  const text = (at: number) => bytes.toString('latin1', at, at + 4)
  if (bytes.length < 12 || text(0) !== 'RIFF' || text(8) !== 'WAVE') return refuse('is not a wav file')

  let format: Format | undefined
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4)
    const start = at + 8
    if (start + size > bytes.length) return refuse(`is cut off inside its "${text(at)}" chunk`)
    const chunk = bytes.subarray(start, start + size)
    if (text(at) === 'fmt ') format = readFormat(chunk, refuse)
    if (text(at) === 'data') {
      const { channels, sampleRate } = format ?? refuse('has samples before it says their format')
      if (size % (2 * channels) !== 0) return refuse(`ends in the middle of a sample: ${size} bytes`)
      return { sampleRate, channels, samples: samplesOf(chunk) }
    }
    at = start + size + (size % 2)
  }
  return refuse('has no samples')
}

interface Format {
  readonly channels: number
  readonly sampleRate: number
}

function readFormat(chunk: Buffer, refuse: (what: string) => never): Format {
  if (chunk.length < 16) return refuse('has a format of too few bytes')
  const first = chunk.readUInt16LE(0)
  const code = first === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : first
  const bits = chunk.readUInt16LE(14)
  if (code !== PCM || bits !== 16) return refuse(`holds ${bits} bit samples of format ${code}, not 16 bit PCM`)
  const channels = chunk.readUInt16LE(2)
  if (channels === 0) return refuse('has no channels')
  return { channels, sampleRate: chunk.readUInt32LE(4) }
}

function samplesOf(chunk: Buffer): Int16Array {
  return Int16Array.from({ length: chunk.length / 2 }, (_, i) => chunk.readInt16LE(2 * i))
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message
    throw new InvalidInputsError(`cannot read ${path}: ${why}`, {
      key: 'FILE',
      cause,
      fix: 'give the path of a wav file',
    })
  }
}
