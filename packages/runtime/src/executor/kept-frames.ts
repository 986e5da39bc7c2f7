import { type AudioBuffer, StaleFrameError } from '@anabranch/plugin-sdk'
import { publishAudio, releaseAudio, retainAudio } from '@anabranch/plugin-sdk/host'

/** Audio that a node keeps beyond its calls. */
export class KeptFrames {
  readonly #kept = new Map<AudioBuffer, number>()

  retain(buffer: AudioBuffer): AudioBuffer {
    // What the call still writes to is published first: the call has its own lease of it.
    if (publishAudio(buffer)) retainAudio(buffer)
    this.#kept.set(buffer, (this.#kept.get(buffer) ?? 0) + 1)
    return buffer
  }

  release(buffer: AudioBuffer): void {
    const times = this.#kept.get(buffer)
    if (times === undefined)
      throw new StaleFrameError('a buffer was released that is not retained', { fix: 'release each retain() once' })
    if (times === 1) this.#kept.delete(buffer)
    else this.#kept.set(buffer, times - 1)
    releaseAudio(buffer)
  }

  /** The node has ended. Gives how many leases it had left. */
  end(): number {
    let left = 0
    for (const [buffer, times] of this.#kept) if (releaseAudio(buffer, times)) left += times
    this.#kept.clear()
    return left
  }
}
