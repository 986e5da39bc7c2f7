import type { AudioBuffer } from '@anabranch/plugin-sdk'
import type { FrameLender, FramePool } from '@anabranch/plugin-sdk/host'
import type { Addon } from './addon.ts'
import { AT } from './call-block.ts'
import type { OutputMemory } from './call-outputs.ts'
import { bytesOf } from './sample-arrays.ts'

/** The frame of a pool that one call may write its output into; made once for a node and opened for each call. */
export class SlotOutput implements OutputMemory {
  readonly #addon: Addon
  #pool: FramePool | null = null
  #handle: number | null = null
  #made: AudioBuffer | null = null

  constructor(addon: Addon) {
    this.#addon = addon
  }

  /** Takes a frame of `bytes`, none for 0, and names it in the block. */
  open({ pool }: FrameLender, bytes: number, by: string): void {
    const { block, pools } = this.#addon
    this.#pool = pool
    this.#made = null
    this.#handle = bytes > 0 ? pool.acquire(bytes, by) : null
    block[AT.pool] = pools.numberOf(pool)
    block[AT.outputHandle] = this.#handle ?? -1
  }

  audio(samples: number, sampleRate: number, channels: number): AudioBuffer {
    const pool = this.#pool as FramePool
    this.#made = pool.audioAt(this.#handle as number, samples / channels, sampleRate, channels)
    return this.#made
  }

  /** Only audio may stay in a frame: other samples are copied out of it, which is counted. */
  bytes(count: number, sampleRate: number): Uint8Array {
    const pool = this.#pool as FramePool
    const floats = Math.ceil(count / Float32Array.BYTES_PER_ELEMENT)
    return bytesOf(pool.own(pool.audioAt(this.#handle as number, floats, sampleRate)).samples)
  }

  /** The audio that was made since this was asked last: its lease is the caller's. */
  taken(): AudioBuffer | null {
    const made = this.#made
    if (made !== null) this.#handle = null
    this.#made = null
    return made
  }

  /** The call is over: a frame that was not taken is given back, and what was made in ordinary memory instead is counted. */
  close(): void {
    const pool = this.#pool as FramePool
    if (this.#handle !== null) pool.release(this.#handle)
    this.#handle = null
    this.#made = null
    this.#pool = null
    const { block } = this.#addon
    pool.unpooled(block[AT.unpooled] as number)
    block[AT.unpooled] = 0
  }
}
