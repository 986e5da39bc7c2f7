import type { AudioBuffer, NodeContext } from '@anabranch/plugin-sdk'

/** Samples of one format that wait to become chunks. Positions and lengths are over all channels. */
export class ChunkStream {
  readonly #sampleRate: number
  readonly #channels: number
  readonly #length: number
  readonly #overlap: number
  readonly #padLast: boolean
  #waiting = new Float32Array(0)
  #start = 0
  #end = 0
  /** So much of what waits was in the chunk before. */
  #repeated = 0
  #closed = false
  /** Media time of its first sample, µs. */
  readonly #startUs: number
  /** Where the next chunk begins, in samples of one channel from the start. */
  #position = 0

  /** `length` and `overlap` are in samples of one channel, `startUs` is the media time of the first sample. */
  constructor(
    { sampleRate, channels }: AudioBuffer,
    length: number,
    overlap: number,
    padLast: boolean,
    startUs: number,
  ) {
    this.#startUs = startUs
    this.#sampleRate = sampleRate
    this.#channels = channels
    this.#length = length * channels
    this.#overlap = overlap * channels
    this.#padLast = padLast
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Nothing more comes in: the rest may go out. */
  close(): void {
    this.#closed = true
  }

  goesOnWith({ sampleRate, channels }: AudioBuffer): boolean {
    return !this.#closed && sampleRate === this.#sampleRate && channels === this.#channels
  }

  /** Whether this buffer as it is would be the next chunk. */
  isChunk({ samples }: AudioBuffer): boolean {
    return this.#start === this.#end && this.#overlap === 0 && samples.length === this.#length
  }

  /** The media time of the next chunk, µs; with it, that chunk is on its way. */
  time(): number {
    const us = this.#startUs + Math.round((this.#position * 1e6) / this.#sampleRate)
    this.#position += (this.#length - this.#overlap) / this.#channels
    return us
  }

  push(samples: Float32Array): void {
    if (this.#end + samples.length > this.#waiting.length) {
      const kept = this.#waiting.subarray(this.#start, this.#end)
      const needed = kept.length + samples.length
      // Twice what is needed, so that samples are not moved at every frame.
      const room = needed * 2 > this.#waiting.length ? new Float32Array(needed * 2) : this.#waiting
      room.set(kept)
      this.#waiting = room
      this.#end = kept.length
      this.#start = 0
    }
    this.#waiting.set(samples, this.#end)
    this.#end += samples.length
  }

  /** How long the next chunk is; 0 where there is none yet, or no more. */
  get next(): number {
    const count = this.#end - this.#start
    if (count >= this.#length) return this.#length
    if (!this.#closed || count <= this.#repeated) return 0
    return this.#padLast ? this.#length : count
  }

  take(context: NodeContext): AudioBuffer {
    const chunk = context.audio(this.next / this.#channels, this.#sampleRate, this.#channels)
    const whole = this.#end - this.#start >= this.#length
    const stop = whole ? this.#start + this.#length : this.#end
    // What is beyond them is zero: a new buffer is.
    chunk.samples.set(this.#waiting.subarray(this.#start, stop))
    this.#start = whole ? stop - this.#overlap : stop
    this.#repeated = this.#overlap
    return chunk
  }
}
