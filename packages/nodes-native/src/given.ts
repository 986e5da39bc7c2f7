import type { Value } from '@anabranch/plugin-sdk'

/** What one call of a node gave; `more` says whether it has another output of the same set. */
export interface Given {
  /** Undefined where there was no output record: at the end of a source, or of `more`. */
  readonly outputs: Readonly<Record<string, Value>> | undefined
  readonly more: boolean
  /** The media time that the node said of these outputs, µs; not a number where it said none. */
  readonly said: number
  /** Further outputs of the same set that came with it; null for none. */
  readonly further: readonly Given[] | null
  /** What the node failed with after them; undefined where it did not. */
  readonly error: unknown
}
