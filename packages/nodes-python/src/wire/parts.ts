import { Buffer } from 'node:buffer'
import { LimitExceededError, MarshalingError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { decodeValues } from './decode.ts'
import type { ExtDecoder } from './ext.ts'
import type { Unnumbered } from './message-writer.ts'
import { FLAG, type Packet } from './packet.ts'

/** A packet that carries these bytes of the values of a larger one. */
export const partOf = (packet: Unnumbered, bytes: Buffer, at: number, length: number): Unnumbered => ({
  ...packet,
  flags: packet.flags | FLAG.part,
  values: { at, size: bytes.length, bytes: bytes.subarray(at, at + length) },
})

/** Puts values together that came in parts. Parts follow each other; what is urgent may come between them. */
export class Joiner {
  #pieces: Uint8Array[] = []
  #at = 0
  #size = 0
  readonly #ext: ExtDecoder | undefined

  constructor(ext?: ExtDecoder) {
    this.#ext = ext
  }

  /** The whole packet, once its last part is here. @throws MarshalingError or LimitExceededError */
  add(packet: Packet): Packet | null {
    const { at, size, bytes } = packet.values
    if (!isCount(at) || !isCount(size) || !(bytes instanceof Uint8Array) || bytes.length === 0)
      throw new MarshalingError('a part has no place, no size or no bytes')
    if (size > LIMITS.value_bytes)
      throw new LimitExceededError(`values of ${size} bytes; at most ${LIMITS.value_bytes}`, { limit: 'value_bytes' })
    // The first part of another packet: the sender gave the one before up.
    if (at === 0) this.#begin(size)
    if (at !== this.#at || size !== this.#size || at + bytes.length > size)
      throw new MarshalingError(`a part at ${at} of ${size}; expected at ${this.#at} of ${this.#size}`)
    this.#pieces.push(bytes)
    this.#at += bytes.length
    if (this.#at < size) return null
    const values = decodeValues(Buffer.concat(this.#pieces, size), this.#ext)
    this.#begin(0)
    return { ...packet, flags: packet.flags & ~FLAG.part, values }
  }

  #begin(size: number): void {
    this.#pieces = []
    this.#at = 0
    this.#size = size
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
