import type { AudioBuffer } from '@anabranch/plugin-sdk'

/** How loud audio was, frame by frame. */
export class Levels {
  /** The root mean square of each frame. */
  readonly frames: number[] = []
  /** The largest sample without its sign. */
  peak = 0

  add({ samples }: AudioBuffer): void {
    let sum = 0
    for (const sample of samples) {
      sum += sample * sample
      this.peak = Math.max(this.peak, Math.abs(sample))
    }
    this.frames.push(Math.sqrt(sum / samples.length))
  }
}
