import type { Addon } from './addon.ts'
import { AT } from './call-block.ts'

/** How large the output frame of a node's next call should be: what its last one told for such a call. */
export class FrameBytes {
  readonly #addon: Addon
  /** Of calls with an input. */
  #samples = -1
  #followers = 0
  #bytes = 0
  /** Of calls without one, and without followers: `more`, `flush`, `produce`. */
  #bytesOfNone = -1

  constructor(addon: Addon) {
    this.#addon = addon
  }

  /** For the input and the followers that the block names. */
  of(handle: number): number {
    const { block, doors } = this.#addon
    const samples = block[AT.inputSamples] as number
    const followers = block[AT.followers] as number
    if (samples === this.#samples && followers === this.#followers) return this.#bytes
    if (samples === 0 && followers === 0 && this.#bytesOfNone >= 0) return this.#bytesOfNone
    return doors.frameBytes(handle, samples)
  }

  /** A call is over: what it needed depends on what the node has seen, so that every call tells it anew. */
  told(): void {
    const { block } = this.#addon
    const samples = block[AT.inputSamples] as number
    const followers = block[AT.followers] as number
    const bytes = block[AT.frameBytes] as number
    if (samples === 0 && followers === 0) this.#bytesOfNone = bytes
    else {
      this.#samples = samples
      this.#followers = followers
      this.#bytes = bytes
    }
  }
}
