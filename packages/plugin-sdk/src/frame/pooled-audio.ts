import { AudioBuffer } from '../audio-buffer.ts'
import type { Frame } from './frame-pool.ts'
import { handleFrom } from './handle.ts'
import { staleRead } from './lease.ts'
import type { Slot } from './slot.ts'
import { generationOf } from './word.ts'

/**
 * An AudioBuffer over a slot. It is one by its prototype, not by its constructor, so that ordinary buffers keep `samples`
 * as a plain property: only here a read looks at the slot's word first.
 *
 * Samples are no property of it, so deep equality does not see them. Users meet it inside nodes alone.
 */
export class PooledAudio {
  readonly sampleRate: number
  readonly channels: number
  readonly #slot: Slot
  readonly #generation: number
  readonly #view: Float32Array

  static {
    Object.setPrototypeOf(PooledAudio.prototype, AudioBuffer.prototype)
    // What is made by `new buffer.constructor(…)`, and what a log shows, is an ordinary buffer.
    Object.defineProperty(PooledAudio.prototype, 'constructor', { value: AudioBuffer })
  }

  /** The format is checked by the caller, before it takes a slot. */
  constructor(slot: Slot, generation: number, view: Float32Array, sampleRate: number, channels: number) {
    this.sampleRate = sampleRate
    this.channels = channels
    this.#slot = slot
    this.#generation = generation
    this.#view = view
  }

  /** @throws StaleFrameError after the frame's last lease has ended. */
  get samples(): Float32Array {
    if (generationOf(this.#slot.words[this.#slot.at] as number) !== this.#generation)
      throw staleRead(this.#slot, this.#generation)
    return this.#view
  }

  /** As that of AudioBuffer; the frame is shared. */
  slice(start: number, end?: number): AudioBuffer {
    const { samples } = AudioBuffer.prototype.slice.call(this, start, end)
    return pooledAudio(this.#slot, this.#generation, samples, this.sampleRate, this.channels)
  }

  static slotOf(buffer: object): Slot | null {
    return #slot in buffer ? buffer.#slot : null
  }

  static generationOf(buffer: object): number {
    return #slot in buffer ? buffer.#generation : -1
  }
}

/** A buffer over `view`, which lies in `slot`. */
export function pooledAudio(
  slot: Slot,
  generation: number,
  view: Float32Array,
  sampleRate: number,
  channels: number,
): AudioBuffer {
  const buffer = new PooledAudio(slot, generation, view, sampleRate, channels) as unknown as AudioBuffer
  slot.owner.leaks?.watch(buffer, handleFrom(slot.number, generation))
  return buffer
}

/** The frame that a buffer of a pool lies in, its lease ended or not; null for ordinary memory. */
export function frameOf(buffer: AudioBuffer): Frame | null {
  const slot = PooledAudio.slotOf(buffer)
  if (slot === null) return null
  return {
    pool: slot.owner.pool,
    handle: handleFrom(slot.number, PooledAudio.generationOf(buffer)),
    slab: slot.slab.description.id,
    byteOffset: slot.byteOffset,
  }
}
