/** When the next output of a node is, as its host will count it. */
export interface NextTime {
  /** µs; not a number where it is the time of the input set. */
  pts: number
  /** The sample rate that `pts` holds for, Hz; 0 for any. */
  rate: number
  /** Whether a time that the node says counts instead. */
  says: boolean
}

/** What a session knows of the nodes that follow one. Asked at each call. */
export interface FollowGuide {
  /** How many of them would take what the one before gives at once, from the first on: nothing waits or watches between. */
  ready(): number
  /** Of this node (0) and of those that follow; right after `ready`, for as many as that said. */
  readonly times: readonly Readonly<NextTime>[]
}

/** A node that follows another: it alone reads `key` of the one before, and reads nothing else. */
export interface Follower {
  readonly fusing: Fusing
  readonly key: string
}

/**
 * How bodies of one maker are called in one go: the first does the work of those after it, and they give what was made
 * then when they are called with the very value that the one before gave. To a session they are nodes like all others.
 */
export interface Fusing {
  /** Bodies of the same group can be called together. */
  readonly group: object
  /** Says which ones follow, in their order; null ends it. */
  follow(followers: readonly Follower[], guide: FollowGuide | null): void
  /** The next call is to be timed. */
  time(): void
  /**
   * How long the last call that was timed took of itself, µs: the clock around it sees the others too, or nothing. Not a
   * number where it was made in the call of a node before that nobody timed.
   */
  readonly spentUs: number
}
