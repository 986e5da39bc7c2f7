import { AudioBuffer, MarshalingError } from '@anabranch/plugin-sdk'
import { copyShared } from './copy-shared.ts'
import { bytesOf, decodeExt, EXT_AUDIO, readAudioHeader } from './ext.ts'

const HEADER = 8
const NO_SAMPLES = new Float32Array(0)

/**
 * Audio as it came: its samples are copied when they are read, or where they are wanted, and then once; of a message that
 * is lent, in the turn in which it came. It is an AudioBuffer by its prototype, so that whoever meets one sees no difference.
 */
export class LateAudio {
  readonly sampleRate: number
  readonly channels: number
  readonly #bytes: Uint8Array
  #samples: Float32Array | null = null

  static {
    Object.setPrototypeOf(LateAudio.prototype, AudioBuffer.prototype)
    Object.defineProperty(LateAudio.prototype, 'constructor', { value: AudioBuffer })
  }

  constructor(bytes: Uint8Array, sampleRate: number, channels: number) {
    this.#bytes = bytes
    this.sampleRate = sampleRate
    this.channels = channels
  }

  get samples(): Float32Array {
    this.#samples ??= new Float32Array(new Uint8Array(this.#bytes).buffer)
    return this.#samples
  }

  /** Samples of one channel; nothing is copied for it. */
  get length(): number {
    return this.#bytes.length / 4 / this.channels
  }

  /** Puts the samples into memory of the caller's, which has room for all of them. */
  copyTo(samples: Float32Array): void {
    copyShared(this.#bytes, bytesOf(samples), 0)
  }

  static is(value: object): value is LateAudio {
    return #bytes in value
  }
}

/** An ext value as `decodeExt` gives it, but audio not yet copied. @throws MarshalingError, AudioFormatError */
export function decodeLate(code: number, data: Uint8Array): unknown {
  if (code !== EXT_AUDIO) return decodeExt(code, data)
  const { sampleRate, channels } = readAudioHeader(data)
  const bytes = data.subarray(HEADER)
  if (bytes.length % (4 * channels) !== 0)
    throw new MarshalingError(`${bytes.length} bytes do not divide into ${channels} channels`)
  new AudioBuffer(NO_SAMPLES, sampleRate, channels) // checks the format
  return new LateAudio(bytes, sampleRate, channels)
}

/** The same values with their audio where `make` wants it, copied once. What is changed is changed in place. */
export function placed<T>(value: T, make: (length: number, sampleRate: number, channels: number) => AudioBuffer): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (LateAudio.is(value)) {
    const audio = make(value.length, value.sampleRate, value.channels)
    value.copyTo(audio.samples)
    return audio as T
  }
  const record = value as Record<string, unknown>
  for (const key of Object.keys(record)) {
    const part = record[key]
    const made = placed(part, make)
    if (made !== part) record[key] = made
  }
  return value
}
