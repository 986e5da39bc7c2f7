import type { Addon } from './addon.ts'
import { AT } from './call-block.ts'

/** How large the output frame of a node's next call should be: what its last one told for an input of that length. */
export class FrameBytes {
  readonly #addon: Addon
  /** Of calls with an input. */
  #samples = -1
  #bytes = 0
  /** Of calls without one: `more`, `flush`, `produce`. */
  #bytesOfNone = -1

  constructor(addon: Addon) {
    this.#addon = addon
  }

  /** For the input that the block names. */
  of(handle: number): number {
    const { block, doors } = this.#addon
    const samples = block[AT.inputSamples] as number
    const known = samples === 0 ? this.#bytesOfNone : samples === this.#samples ? this.#bytes : -1
    return known >= 0 ? known : doors.frameBytes(handle, samples)
  }

  /** A call is over: it depends on what a node has seen by then, so that every call tells it anew. */
  told(): void {
    const { block } = this.#addon
    const samples = block[AT.inputSamples] as number
    const bytes = block[AT.frameBytes] as number
    if (samples === 0) this.#bytesOfNone = bytes
    else {
      this.#samples = samples
      this.#bytes = bytes
    }
  }
}
