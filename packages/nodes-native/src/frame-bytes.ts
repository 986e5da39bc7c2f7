import type { Addon } from './addon.ts'
import { AT } from './call-block.ts'

/** How large the output frame of a node's next call should be: what its last one told for such a call. */
export class FrameBytes {
  readonly #addon: Addon
  #samples = -1
  #followers = 0
  #turns = 0
  #bytes = 0
  /** The most that an input of as many samples is known to have needed. */
  #likely = 0
  #likelyFor = -1

  constructor(addon: Addon) {
    this.#addon = addon
  }

  /**
   * For the input and the followers that the block names. What they need depends on what they have seen: `turns` counts
   * the calls of all of them, so that what was told before one of them was called another way is not believed.
   */
  of(handle: number, turns: number): number {
    const { block, doors } = this.#addon
    const samples = block[AT.inputSamples] as number
    const followers = block[AT.followers] as number
    if (turns === this.#turns && samples === this.#samples && followers === this.#followers) return this.#bytes
    const bytes = doors.frameBytes(handle, samples)
    this.#learn(samples, bytes)
    return bytes
  }

  /** What is likely for the input that the block names, while the node is away: others are before it. */
  likely(): number {
    const samples = this.#addon.block[AT.inputSamples] as number
    return samples === this.#likelyFor ? this.#likely : Math.ceil((this.#likely * samples) / this.#likelyFor)
  }

  #learn(samples: number, bytes: number): void {
    if (samples === 0) return
    this.#likely = samples === this.#likelyFor ? Math.max(this.#likely, bytes) : bytes
    this.#likelyFor = samples
  }

  /** A call is over: it told what the next one of its kind needs. */
  told(turns: number): void {
    const { block } = this.#addon
    this.#samples = block[AT.inputSamples] as number
    this.#followers = block[AT.followers] as number
    this.#bytes = block[AT.frameBytes] as number
    this.#turns = turns
    this.#learn(this.#samples, this.#bytes)
  }
}
