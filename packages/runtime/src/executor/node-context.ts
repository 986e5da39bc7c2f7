import {
  type AudioBuffer,
  type Clock,
  type Envelope,
  type NodeContext,
  type NodeLog,
  sharedAudio,
} from '@anabranch/plugin-sdk'
import { type FramePool, LENDER } from '@anabranch/plugin-sdk/host'
import type { Env } from '../edges/env.ts'
import type { Item } from '../edges/item.ts'
import { CallFrames } from './call-frames.ts'
import type { KeptFrames } from './kept-frames.ts'
import type { SaidTimes } from './output-time.ts'

/** What contexts of one node share. */
export interface ContextHost {
  readonly id: string
  readonly sessionId: string
  readonly clock: Clock
  readonly log: NodeLog
  readonly custom: Record<string, number>
  readonly saidTimes: SaidTimes
  /** Where the node's frames come from; null where its calls have no end at which they could be given back. */
  readonly pool: FramePool | null
  readonly kept: KeptFrames
  /** The signal of the set at work. */
  signalFor(item: Item | null): AbortSignal
}

/** One per node and concurrency slot, reused: `item` is moved on from set to set, the rest is made when it is read. */
export class RunContext implements NodeContext {
  item: Item | null = null
  /** Why nobody waits for this execution any more, once that is so; its context is then not reused. */
  abandoned: Error | null = null
  /** Not `#host`: layers make contexts that inherit from this one, and a #private member is not inherited. */
  private readonly host: ContextHost
  /** The frames of the call at work. */
  readonly [LENDER]: CallFrames | null

  constructor(host: ContextHost) {
    this.host = host
    this[LENDER] = host.pool === null ? null : new CallFrames(host.pool, host.id)
  }

  get nodeId(): string {
    return this.host.id
  }

  get sessionId(): string {
    return this.host.sessionId
  }

  get clock(): Clock {
    return this.host.clock
  }

  get log(): NodeLog {
    return this.host.log
  }

  get signal(): AbortSignal {
    return this.abandoned === null ? this.host.signalFor(this.item) : AbortSignal.abort(this.abandoned)
  }

  get envelope(): Envelope {
    const { item } = this
    if (item === null)
      return {
        session: this.sessionId,
        origin: { source: this.nodeId, seq: 0 },
        seq: 0,
        pts: 0,
        ingress: this.clock.now(),
        epoch: 0,
      }
    return envelopeOf(this.sessionId, item.env, item.seq, item.epoch)
  }

  count(metric: string, by = 1): void {
    const { custom } = this.host
    custom[metric] = (custom[metric] ?? 0) + by
  }

  audio(length: number, sampleRate: number, channels = 1): AudioBuffer {
    return this[LENDER]?.audio(length, sampleRate, channels) ?? sharedAudio(length, sampleRate, channels)
  }

  retain(buffer: AudioBuffer): AudioBuffer {
    return this.host.kept.retain(buffer)
  }

  release(buffer: AudioBuffer): void {
    this.host.kept.release(buffer)
  }

  at<R extends object>(pts: number, outputs: R): R {
    this.host.saidTimes.set(outputs, pts)
    return outputs
  }
}

/** The envelope as readers see it: absent fields left out. Added one by one, since a spread for each costs 1 µs in all. */
export function envelopeOf(session: string, env: Env, seq: number, epoch: number): Envelope {
  const envelope: { -readonly [K in keyof Envelope]: Envelope[K] } = {
    session,
    origin: { source: env.source, seq: env.sourceSeq },
    seq,
    pts: env.pts,
    ingress: env.ingress,
    epoch,
  }
  if (env.duration !== 0) envelope.duration = env.duration
  if (env.survive) envelope.survive = true
  if (env.deadline !== 0) envelope.deadline = env.deadline
  if (env.discont) envelope.discont = true
  if (env.lost !== 0) envelope.lost = env.lost
  if (env.streamId !== undefined) envelope.streamId = env.streamId
  if (env.trace !== undefined) envelope.trace = env.trace
  if (env.meta !== undefined) envelope.meta = env.meta as NonNullable<Envelope['meta']>
  return envelope
}
