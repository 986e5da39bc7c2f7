import { addon } from '@anabranch/nodes-native'
import type { AudioBuffer } from '@anabranch/plugin-sdk'

/** One sample, before and after Rust worked on its frame. */
export interface Mutation {
  readonly address: number
  readonly before: number
  readonly after: number
}

interface Note {
  readonly address: number
  readonly index: number
  readonly before: number
}

/**
 * Compares each frame as TypeScript made it with what TypeScript finds in it after Rust: where its samples lie, and
 * whether the loudest of them was multiplied.
 */
export class MemoryProof {
  readonly #factor: number
  readonly #notes = new Map<number, Note>()
  /** Frames that came back at the address at which they were made. */
  sameAddress = 0
  /** Frames in which TypeScript reads the product that Rust wrote. */
  written = 0
  compared = 0
  /** The one with the largest change. */
  example: Mutation | undefined

  constructor(factor: number) {
    this.#factor = factor
  }

  /** A frame that TypeScript has just filled. Kept are three numbers, not the frame. */
  made({ samples }: AudioBuffer, seq: number): void {
    const index = samples.reduce((best, sample, i) => (Math.abs(sample) > Math.abs(samples[best] ?? 0) ? i : best), 0)
    this.#notes.set(seq, { address: addon.bufferAddress(samples), index, before: samples[index] ?? 0 })
  }

  /** The same frame, when Rust is through with it. */
  seen({ samples }: AudioBuffer, seq: number): void {
    const note = this.#notes.get(seq)
    this.#notes.delete(seq)
    if (note === undefined) return
    this.compared += 1
    const { index, before } = note
    const address = addon.bufferAddress(samples)
    const after = samples[index] ?? 0
    const same = address === note.address
    // Rust works in single precision, with 24 bits.
    const multiplied = Math.abs(after - before * this.#factor) <= Math.abs(after) * 2 ** -22
    if (same) this.sameAddress += 1
    if (multiplied) this.written += 1
    const change = Math.abs(after - before)
    if (same && change > Math.abs((this.example?.after ?? 0) - (this.example?.before ?? 0)))
      this.example = { address, before, after }
  }

  /** Every frame so far came back where it was made, with what Rust wrote. */
  get holds(): boolean {
    return this.compared > 0 && this.sameAddress === this.compared && this.written === this.compared
  }
}
