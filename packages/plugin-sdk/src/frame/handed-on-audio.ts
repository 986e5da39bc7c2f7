import { AudioBuffer } from '../audio-buffer.ts'
import { StaleFrameError } from '../errors/classes.ts'

/** Known in every installed copy of the package. */
const MARK = Symbol.for('anabranch.handed-on')

/**
 * Audio that the next node took before anybody else could: its maker called both in one go. It says what it was. Samples
 * it has only where that node failed, for a retry or a dead letter.
 */
class HandedOnAudio {
  readonly sampleRate: number
  readonly channels: number
  /** Samples of one channel. */
  readonly length: number
  #kept: Float32Array | null = null

  static {
    Object.setPrototypeOf(HandedOnAudio.prototype, AudioBuffer.prototype)
    Object.defineProperty(HandedOnAudio.prototype, MARK, { value: true })
  }

  constructor(samples: number, sampleRate: number, channels: number) {
    this.length = samples / channels
    this.sampleRate = sampleRate
    this.channels = channels
  }

  /** @throws StaleFrameError unless they were kept. */
  get samples(): Float32Array {
    if (this.#kept !== null) return this.#kept
    throw new StaleFrameError('this audio went from node to node in one call', {
      fix: 'put a tap or another reader on the output: then it is kept in a frame',
    })
  }

  keep(samples: Float32Array): void {
    this.#kept = samples
  }
}

/** `samples` over all channels. */
export function handedOnAudio(samples: number, sampleRate: number, channels: number): AudioBuffer {
  return new HandedOnAudio(samples, sampleRate, channels) as unknown as AudioBuffer
}

export function isHandedOn(value: unknown): value is { keep(samples: Float32Array): void } {
  return typeof value === 'object' && value !== null && MARK in value
}
