import type { FollowGuide, NextTime } from '@anabranch/plugin-sdk/host'

/** A node of a run, as the one before it sees it. */
export interface FollowingNode {
  /** Whether it would take a set at once and give what it makes of it: nothing waits, and nobody watches between. */
  takesAtOnce(): boolean
  /** Writes when its next output is, if it says nothing; false where that is not known yet. */
  tellTime(time: NextTime): boolean
  /** Takes what is there for it. */
  step(): void
  /** The same, for one set that is not timed. */
  follow(): void
}

/** The node that they follow. */
export interface LeadingNode extends Pick<FollowingNode, 'tellTime'> {
  /** Whether what it gives now can go on in the same call. */
  mayLead(): boolean
}

/**
 * The nodes after one in a fused run. What they are told here is asked at each call; then they take their sets in their
 * own steps, right after the node before has given, so that each sees its set before anything else happens.
 */
export class Followers implements FollowGuide {
  readonly times: readonly NextTime[]
  readonly #first: FollowingNode
  readonly #nodes: readonly FollowingNode[]
  readonly #leader: LeadingNode
  #ready = 0

  constructor(leader: LeadingNode, nodes: readonly [FollowingNode, ...FollowingNode[]]) {
    this.#leader = leader
    this.#nodes = nodes
    this.#first = nodes[0]
    this.times = [leader, ...nodes].map(() => ({ pts: Number.NaN, rate: 0, says: false }))
  }

  ready(): number {
    this.#ready = 0
    const nodes = this.#nodes
    if (!this.#leader.mayLead() || !this.#leader.tellTime(this.times[0] as NextTime)) return 0
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at] as FollowingNode
      if (!node.takesAtOnce()) break
      this.#ready = at + 1
      if (!node.tellTime(this.times[at + 1] as NextTime)) break
    }
    return this.#ready
  }

  /** The node before has given: the next one takes it, where it was called already. */
  goOn(timed: boolean): void {
    if (this.#ready === 0) return
    this.#ready = 0
    if (timed) this.#first.step()
    else this.#first.follow()
  }
}
