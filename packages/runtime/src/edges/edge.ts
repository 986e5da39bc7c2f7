import { EdgeOverflowError } from '@anabranch/plugin-sdk'
import { CHANNELS } from '../telemetry/channels.ts'
import type { Histogram } from '../telemetry/histogram.ts'
import { sampled } from '../telemetry/sampled.ts'
import { EdgeBound } from './edge-bound.ts'
import type { EdgeFrames } from './edge-frames.ts'
import type { EdgeEnd, EdgeHost } from './edge-host.ts'
import type { EdgeOptions, EdgePolicy } from './edge-options.ts'
import { type DropReason, FATE, type Fate, noDrops } from './fate.ts'
import { afterGap, type Item } from './item.ts'
import { Ring } from './ring.ts'

/** Whether an edge still takes items, and what becomes of them where it does not. */
export type EdgeState = 'open' | 'closed' | 'unpaired' | 'failed'

/**
 * A bounded queue between an output key and an input key. Pushing never re-enters a node: whatever a push causes
 * (overflow under `error`, an end, room) is carried out in that node's own turn.
 *
 * Edge law: pushed = taken + dropped + cancelled + failed + queued.
 */
export class Edge extends Ring {
  readonly name: string
  readonly key: string
  readonly outputKey: string
  readonly policy: EdgePolicy
  readonly limit: number
  readonly producer: EdgeEnd
  readonly consumer: EdgeEnd
  state: EdgeState = 'open'
  ended = false
  /** Why the producer ended, where it failed. */
  error: Error | null = null
  /** Items of an earlier epoch are refused, unless they survive. */
  leastEpoch = 0
  /** Whether the producer waits for room here. */
  starved = false
  /** Set on edges that lead to an align: the media time up to which nothing more comes. */
  marked = false
  mark = Number.NEGATIVE_INFINITY

  pushed = 0
  taken = 0
  cancelled = 0
  failed = 0
  readonly dropped = noDrops()
  highWater = 0
  /** The turn's clock when the first item came; only where the high water is above 0. */
  firstAt = 0
  /** What the producer had emitted before this edge was put there. */
  since = 0
  /** What becomes of frames on this edge; null where none can be. */
  frames: EdgeFrames | null = null
  /** How long items waited, µs; null where nobody measures. */
  ages: Histogram | null = null

  readonly #host: EdgeHost
  readonly #bound: EdgeBound | null
  readonly #bestEffort: boolean
  /** While fewer wait there is room for certain: 0 where there is another bound, and once it is detached. */
  #easy: number
  /** Items dropped since the last one taken. */
  #gap = 0

  constructor(
    host: EdgeHost,
    ends: { producer: EdgeEnd; outputKey: string; consumer: EdgeEnd; inputKey: string },
    options: EdgeOptions,
  ) {
    super(Math.min(options.policy === 'latest' ? 1 : options.max, 16))
    this.#host = host
    this.producer = ends.producer
    this.consumer = ends.consumer
    this.key = ends.inputKey
    this.outputKey = ends.outputKey
    this.name = `${ends.producer.id}.${ends.outputKey} -> ${ends.consumer.id}.${ends.inputKey}`
    this.policy = options.policy
    this.limit = options.policy === 'latest' ? 1 : options.max
    this.#bound =
      options.maxMs === undefined && options.maxBytes === undefined
        ? null
        : new EdgeBound(options.maxMs, options.maxBytes)
    this.#bestEffort = options.bestEffort
    this.#easy = this.#bound === null ? this.limit : 0
  }

  get empty(): boolean {
    return this.tail === this.head
  }

  /** Ended, and nothing waits any more. */
  get over(): boolean {
    return this.ended && this.tail === this.head
  }

  /** Whether one more item would exceed a bound. */
  full(): boolean {
    return this.tail - this.head >= this.limit || (this.#bound?.full(this) ?? false)
  }

  /** Whether a producer must wait here: until half of the queue is gone, or its consumer looks and needs no more. */
  blocks(): boolean {
    if (this.tail - this.head < this.#easy) return false
    if (this.policy !== 'block' || this.state !== 'open' || !this.full()) return false
    if (!this.starved && !this.consumer.queued) this.#host.wake(this.consumer)
    this.starved = true
    return true
  }

  push(item: Item): void {
    this.pushed++
    if (this.frames !== null) this.frames.pushed(item)
    if ((this.tail - this.head >= this.#easy || item.epoch < this.leastEpoch) && !this.#admitted(item)) return
    item.age = this.#host.now
    this.put(item)
    if (this.#bound !== null || this.marked) this.#measure(item)
    const size = this.tail - this.head
    if (size > this.highWater) {
      if (this.highWater === 0) this.firstAt = this.#host.now
      this.highWater = size
    }
    if (size === 1 && !this.consumer.queued) this.#host.wake(this.consumer)
  }

  /** Whether an unusual item is queued: made room for, where it is not refused. */
  #admitted(item: Item): boolean {
    if (this.state !== 'open') this.#refuse(item)
    else if (item.epoch < this.leastEpoch && !item.env.survive) {
      this.#cancel(item)
      this.raiseMark(item.env.pts)
    } else return !this.full() || this.#overflow(item)
    return false
  }

  #measure(item: Item): void {
    this.#bound?.added(item)
    if (this.marked && item.env.pts > this.mark) this.mark = item.env.pts
  }

  /** The oldest item that is neither stale nor late, counted as taken; null where there is none. */
  take(): Item | null {
    while (this.tail !== this.head) {
      const item = this.#shift()
      if ((item.epoch >= this.leastEpoch && item.env.deadline === 0) || !this.#gone(item)) return this.#taken(item)
    }
    return null
  }

  /** Whether an item that was queued is stale or too late by now, and settled so. */
  #gone(item: Item): boolean {
    const { epoch, env } = item
    if (epoch < this.leastEpoch && !env.survive) this.#cancel(item)
    else if (env.deadline !== 0 && env.deadline < this.#host.clock.now()) this.#drop(item, 'deadline')
    else return false
    return true
  }

  /** Takes the head as it is: for joins, which purge first and look at it. */
  takeHead(): Item {
    return this.#taken(this.#shift())
  }

  /** Drops what is stale or too late at the head, so that the head can be looked at. */
  purge(): void {
    while (this.tail !== this.head) {
      const { epoch, env } = this.peek()
      if (epoch < this.leastEpoch && !env.survive) this.#cancel(this.#shift())
      else if (env.deadline !== 0 && env.deadline < this.#host.clock.now()) this.#drop(this.#shift(), 'deadline')
      else return
    }
  }

  /** Drops the head for a reason that its consumer knows. */
  dropHead(reason: DropReason): void {
    this.#drop(this.#shift(), reason)
  }

  /** Leaves only the newest. */
  keepNewest(): void {
    while (this.size > 1) {
      const item = this.#shift()
      if (item.epoch < this.leastEpoch && !item.env.survive) this.#cancel(item)
      else this.#drop(item, 'superseded')
    }
  }

  /** Nothing up to `pts` (µs) comes any more. */
  raiseMark(pts: number): void {
    if (!this.marked || pts <= this.mark) return
    this.mark = pts
    this.#host.wake(this.consumer)
  }

  /** The producer is done. A state, seen by the consumer once the queue is empty. */
  end(error: Error | null = null): void {
    if (this.ended) return
    this.ended = true
    this.error = error
    this.#host.wake(this.consumer)
  }

  /** The consumer is done: what waits and what still comes is settled, and the producer is never blocked again. */
  detach(state: Exclude<EdgeState, 'open'>): void {
    if (this.state !== 'open') return
    this.state = state
    this.#easy = 0
    while (this.size > 0) this.#refuse(this.#shift())
    this.producer.detached()
  }

  /** Makes room for an item on a full edge; false where the item itself had to go. */
  #overflow(item: Item): boolean {
    switch (this.policy) {
      case 'block':
        return true // Producers of the execute form ask for room first; only an operator's expansion comes here.
      case 'error':
        this.failed++
        this.#settle(item, FATE.failed)
        this.consumer.broken ??= new EdgeOverflowError(`edge ${this.name} is full (${this.size} of ${this.limit})`, {
          edge: this.name,
          nodeId: this.consumer.id,
          fix: 'raise max, or choose the policy block, drop-oldest or latest',
        })
        this.#host.wake(this.consumer)
        return false
      case 'drop-newest':
        this.#drop(item, 'overflow')
        this.#gap++
        this.raiseMark(item.env.pts)
        return false
      default:
        do {
          this.#drop(this.#shift(), 'overflow')
          this.#gap++
        } while (this.full())
        return true
    }
  }

  #shift(): Item {
    const item = this.shift()
    this.#bound?.removed(item)
    if (this.starved && this.size <= this.limit >> 1) {
      this.starved = false
      this.#host.wake(this.producer)
    }
    return item
  }

  /** An item met its end here. */
  #settle(item: Item, fate: Fate): void {
    this.#host.settle(item, fate)
    if (this.frames !== null) this.frames.settled(item)
  }

  #taken(item: Item): Item {
    this.taken++
    if (this.ages !== null && sampled(this.taken)) this.ages.record(((this.#host.now - item.age) | 0) * 100)
    const given = this.#gap === 0 ? item : afterGap(item, this.#gap)
    this.#gap = 0
    return this.frames === null ? given : this.frames.taken(given)
  }

  #cancel(item: Item): void {
    this.cancelled++
    this.#settle(item, FATE.cancelled)
  }

  #drop(item: Item, reason: DropReason): void {
    this.dropped[reason]++
    if (CHANNELS.edgeDrop.hasSubscribers)
      CHANNELS.edgeDrop.publish({ sessionId: this.#host.sessionId, edge: this.name, reason })
    this.#settle(item, this.#bestEffort ? FATE.filtered : FATE[reason])
  }

  #refuse(item: Item): void {
    if (item.epoch < this.leastEpoch && !item.env.survive) this.#cancel(item)
    else if (this.state === 'failed') {
      this.failed++
      this.#settle(item, FATE.failed)
    } else this.#drop(item, this.state === 'unpaired' ? 'unpaired' : 'closed')
  }
}
