import type { AudioBuffer } from '@anabranch/plugin-sdk'
import type { FrameLender } from '@anabranch/plugin-sdk/host'
import type { Addon } from './addon.ts'
import { AT } from './call-block.ts'
import type { OutputMemory } from './call-outputs.ts'
import { bytesOf } from './sample-arrays.ts'

/** The frame of a pool that one call may write its output into; made once for a node and opened for each call. */
export class SlotOutput implements OutputMemory {
  readonly #addon: Addon
  #lender: FrameLender | null = null
  #handle: number | null = null
  #used = false

  constructor(addon: Addon) {
    this.#addon = addon
  }

  /** Takes a frame of `bytes`, none for 0, and names it in the block. */
  open(lender: FrameLender, bytes: number, by: string): void {
    const { block, pools } = this.#addon
    const { pool } = lender
    this.#lender = lender
    this.#used = false
    this.#handle = bytes > 0 ? pool.acquire(bytes, by) : null
    block[AT.pool] = pools.numberOf(pool)
    block[AT.outputHandle] = this.#handle ?? -1
  }

  audio(samples: number, sampleRate: number, channels: number): AudioBuffer {
    const lender = this.#lender as FrameLender
    this.#used = true
    return lender.made(lender.pool.audioAt(this.#handle as number, samples / channels, sampleRate, channels))
  }

  /** Only audio may stay in a frame: other samples are copied out of it, which is counted. */
  bytes(count: number, sampleRate: number): Uint8Array {
    const { pool } = this.#lender as FrameLender
    const floats = Math.ceil(count / Float32Array.BYTES_PER_ELEMENT)
    return bytesOf(pool.own(pool.audioAt(this.#handle as number, floats, sampleRate)).samples)
  }

  /** The call is over: a frame that was not written is given back, and what was made in ordinary memory instead is counted. */
  close(): void {
    const { pool } = this.#lender as FrameLender
    if (this.#handle !== null && !this.#used) pool.release(this.#handle)
    this.#lender = null
    pool.unpooled(this.#addon.block[AT.unpooled] as number)
    this.#addon.block[AT.unpooled] = 0
  }
}
