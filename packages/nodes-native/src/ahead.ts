import { type AudioBuffer, NativeError, type NodeContext, type Value } from '@anabranch/plugin-sdk'
import { framesOf, releaseAudio } from '@anabranch/plugin-sdk/host'
import type { Given } from './given.ts'

/** What a node gave in the call of a node before it, kept until it is called itself. */
export class Ahead {
  readonly spentUs: number
  readonly #input: Value
  readonly #given: Given | null
  readonly #error: unknown
  #frame: AudioBuffer | null

  /** `given` is null where it failed, with `error`. `frame` is the one among its outputs that has the lease of its call. */
  constructor(input: Value, spentUs: number, given: Given | null, error: unknown, frame: AudioBuffer | null) {
    this.spentUs = spentUs
    this.#input = input
    this.#given = given
    this.#error = error
    this.#frame = frame
  }

  /**
   * Its call has come, with what the node before gave.
   *
   * @throws what it failed with; NativeError where it is called with something else, because what it saw cannot be unseen.
   */
  take(input: Value, context: NodeContext): Given {
    if (input !== this.#input) {
      this.drop()
      throw new NativeError('a node was called with another set than the one it had been given ahead', {
        fix: 'report this: it is a bug',
      })
    }
    const frame = this.#frame
    this.#frame = null
    if (frame !== null) framesOf(context)?.made(frame)
    if (this.#given === null) throw this.#error
    return this.#given
  }

  /** Nobody will ask: its set was interrupted on the way. */
  drop(): void {
    if (this.#frame !== null) releaseAudio(this.#frame)
    this.#frame = null
  }
}
