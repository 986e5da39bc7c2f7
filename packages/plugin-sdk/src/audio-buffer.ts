import { checkAudioFormat, formatError } from './audio-format.ts'

/** Survives two installed copies of the package: `instanceof` asks for this mark, not for the class. */
const MARK = Symbol.for('anabranch.audio')

/**
 * Interleaved float samples with their rate (Hz) and channel count. A view, never a copy: passing it on shares it.
 * What a node gets as input is read-only and its own only while it works on it; `copy()` keeps what must outlive that.
 */
export class AudioBuffer {
  readonly samples: Float32Array
  readonly sampleRate: number
  readonly channels: number

  static {
    Object.defineProperty(AudioBuffer.prototype, MARK, { value: true })
  }

  static [Symbol.hasInstance](value: unknown): value is AudioBuffer {
    return typeof value === 'object' && value !== null && MARK in value
  }

  /** @throws AudioFormatError for a rate or channel count out of range, or a length that is no multiple of the channels. */
  constructor(samples: Float32Array, sampleRate: number, channels = 1) {
    if (!(samples instanceof Float32Array)) throw formatError('samples must be a Float32Array', sampleRate, channels)
    checkAudioFormat(samples.length, sampleRate, channels)
    this.samples = samples
    this.sampleRate = sampleRate
    this.channels = channels
  }

  /** Samples of one channel. */
  get length(): number {
    return this.samples.length / this.channels
  }

  /** Duration in µs: length · 10^6 / sampleRate, rounded. */
  get durationUs(): number {
    return Math.round((this.length * 1e6) / this.sampleRate)
  }

  /** A new buffer of `f(sample, index)` over the interleaved samples. */
  map(f: (sample: number, index: number) => number): AudioBuffer {
    return new AudioBuffer(this.samples.map(f), this.sampleRate, this.channels)
  }

  /** A view of `start` … `end` (samples of one channel, negative counts from the end), on the same memory. */
  slice(start: number, end: number = this.length): AudioBuffer {
    const at = (index: number) => Math.trunc(Math.max(0, index < 0 ? this.length + index : index)) * this.channels
    return new AudioBuffer(this.samples.subarray(at(start), at(end)), this.sampleRate, this.channels)
  }

  /** The same samples in memory of their own: for what a node keeps from one call to the next. */
  copy(): AudioBuffer {
    return new AudioBuffer(this.samples.slice(), this.sampleRate, this.channels)
  }
}
