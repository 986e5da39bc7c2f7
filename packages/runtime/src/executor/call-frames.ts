import type { AudioBuffer } from '@anabranch/plugin-sdk'
import { type FrameLender, type FramePool, isBeingWritten, releaseAudio } from '@anabranch/plugin-sdk/host'

/**
 * The frames that one call made. Each has a lease of the call until the call is over, so that it lives however often it is
 * emitted, and is taken back if it never was.
 */
export class CallFrames implements FrameLender {
  readonly pool: FramePool
  readonly #by: string
  readonly #made: AudioBuffer[] = []

  constructor(pool: FramePool, by: string) {
    this.pool = pool
    this.#by = by
  }

  audio(length: number, sampleRate: number, channels: number): AudioBuffer {
    return this.made(this.pool.audio(length, sampleRate, channels, this.#by))
  }

  made(buffer: AudioBuffer): AudioBuffer {
    this.#made.push(buffer)
    return buffer
  }

  /** The call goes on, and may still give what it has made and not yet given. */
  gave(): void {
    const made = this.#made
    for (let at = made.length - 1; at >= 0; at--)
      if (!isBeingWritten(made[at] as AudioBuffer)) releaseAudio(made.splice(at, 1)[0] as AudioBuffer)
  }

  /** The call is over. */
  end(): void {
    while (this.#made.length > 0) releaseAudio(this.#made.pop() as AudioBuffer)
  }
}
