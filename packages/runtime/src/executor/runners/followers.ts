import type { FollowGuide, NextTime } from '@anabranch/plugin-sdk/host'
import type { OutputPort } from '../output-port.ts'

/** A node of a run, as the one before it sees it. */
export interface FollowingNode {
  /** Whether it would take a set at once and give what it makes of it: nothing waits, and nobody watches between. */
  takesAtOnce(): boolean
  /** Writes when its next output on a port is, if it says nothing; false where that is not known yet. */
  tellTime(time: NextTime, port: number): boolean
  /** Takes what is there for it; of fewer sets than a whole step, none is timed. */
  step(sets?: number): void
}

/** The node that they follow. */
export interface LeadingNode extends Pick<FollowingNode, 'tellTime'> {
  readonly ports: readonly OutputPort[]
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
  readonly #port: OutputPort
  readonly #links: readonly number[]
  #ready = 0

  /** `links`: of the leader and of each node but the last, the place of the port that the next one reads. */
  constructor(
    leader: LeadingNode,
    nodes: readonly [FollowingNode, ...FollowingNode[]],
    links: readonly [number, ...number[]],
  ) {
    this.#leader = leader
    this.#links = links
    this.#port = leader.ports[links[0]] as OutputPort
    this.#nodes = nodes
    this.#first = nodes[0]
    this.times = [leader, ...nodes].map(() => ({ pts: Number.NaN, rate: 0, says: false }))
  }

  ready(): number {
    this.#ready = 0
    const nodes = this.#nodes
    const links = this.#links
    if (this.#port.taps.length > 0 || !this.#leader.mayLead()) return 0
    if (!this.#leader.tellTime(this.times[0] as NextTime, links[0] as number)) return 0
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at] as FollowingNode
      if (!node.takesAtOnce()) break
      this.#ready = at + 1
      const link = links[at + 1]
      if (link === undefined || !node.tellTime(this.times[at + 1] as NextTime, link)) break
    }
    return this.#ready
  }

  /** The node before has given: the next one takes it, where it was called already. */
  goOn(timed: boolean): void {
    if (this.#ready === 0) return
    this.#ready = 0
    if (timed) this.#first.step()
    else this.#first.step(1)
  }
}
