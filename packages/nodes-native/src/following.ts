import type { FollowGuide, NextTime } from '@anabranch/plugin-sdk/host'
import type { Ahead } from './ahead.ts'
import { AT, IN_SECTION, MAX_MEMBERS, sectionOf } from './call-block.ts'
import type { CallOutputs } from './call-outputs.ts'
import type { ThreadChoice } from './thread-choice.ts'

/** The nodes that follow one, and what its session knows of them. */
export interface Following {
  readonly followers: readonly {
    /** What is known of its own calls. */
    readonly calls: {
      ahead: Ahead | null
      readonly outputs: CallOutputs
      readonly threads: ThreadChoice
      readonly inPlace: boolean
      turns: number
    }
    /** The Rust side of it, made where there is none yet. */
    readonly handle: () => number
    /** What it reads of the node before: the key, and its place among the declared ones. */
    readonly key: string
    readonly link: number
  }[]
  readonly guide: FollowGuide
}

/** How many of them may be called on this thread, from the first on. One that writes over its input is lent it alone. */
function together({ followers }: Following): number {
  const first = followers.findIndex(({ calls }) => calls.threads.onThread || calls.inPlace)
  return first < 0 ? followers.length : first
}

/** Whether it is still to be seen where a node, or one of those that follow it, is called: then its calls are timed. */
export function choosing({ threads, following }: { threads: ThreadChoice; following: Following | null }): boolean {
  return threads.open || (following?.followers.some(({ calls }) => calls.threads.open) ?? false)
}

/** Names in the block those that may be called too. */
export function nameFollowers(block: Float64Array, following: Following | null): void {
  const count = following === null ? 0 : Math.min(following.guide.ready(), together(following), MAX_MEMBERS - 1)
  block[AT.followers] = count
  if (following === null) return
  for (let member = 0; member < count; member++) {
    const { handle, link } = following.followers[member] as Following['followers'][number]
    const { pts, rate, says } = following.guide.times[member] as NextTime
    const section = sectionOf(member)
    block[section + IN_SECTION.link] = link
    block[section + IN_SECTION.time] = pts
    block[section + IN_SECTION.timeRate] = rate
    block[section + IN_SECTION.says] = says ? 1 : 0
    block[sectionOf(member + 1) + IN_SECTION.handle] = handle()
  }
}
