import type { Buffer } from 'node:buffer'
import { type Block, writeFloat, writeWide } from './block.ts'
import { copyBytes } from './copy-bytes.ts'

/** Gives memory for at least so many bytes. */
export type Supply = (bytes: number) => Buffer

/** What a writer throws that may not write so much. */
export class NoRoomError extends Error {}

/** As much as a number has, or more. */
const NUMBER_MOST = 16
/** What is too small becomes at least twice as large, up to this. */
const DOUBLED_MOST = 2 ** 22

/**
 * Memory that is used again, and the numbers around values, which stand in it as msgpack. Where it ends, what was written
 * since `begin` moves to a larger piece.
 */
export class Writer {
  readonly #supply: Supply
  #buffer: Buffer
  #begun = 0
  #at = 0
  #most = Number.POSITIVE_INFINITY
  /** Msgpack values written since `begin`; lists, maps and keys count. */
  items = 0

  constructor(supply: Supply) {
    this.#supply = supply
    this.#buffer = supply(0)
  }

  /** What is written from now on stands in one piece, here. */
  begin(buffer: Buffer = this.#buffer, at = 0): void {
    this.#buffer = buffer
    this.#begun = at
    this.#at = at
    this.#most = Number.POSITIVE_INFINITY
    this.items = 0
  }

  /** Bytes written since `begin`. */
  get size(): number {
    return this.#at - this.#begun
  }

  /** Where in the memory the next byte goes. */
  get at(): number {
    return this.#at
  }

  /** The bytes themselves. */
  bytes(): Buffer {
    return this.#buffer.subarray(this.#begun, this.#at)
  }

  /** Takes back what was written since it had this size and as many values. */
  rewind(size: number, items: number): void {
    this.#at = this.#begun + size
    this.items = items
  }

  /** What makes it much longer than this is not written: NoRoomError. */
  limit(size: number): void {
    this.#most = size + NUMBER_MOST
  }

  /** Bytes that may still be written. */
  get left(): number {
    return this.#most - this.size
  }

  /** There is memory for so many bytes then. @throws NoRoomError */
  room(bytes: number): void {
    if (bytes > this.left) throw new NoRoomError()
    if (this.#at + bytes > this.#buffer.length) this.#move(bytes)
  }

  nil(): void {
    this.byte(0xc0)
  }

  byte(value: number): void {
    this.room(1)
    this.#buffer[this.#at++] = value
  }

  /** The head of a list of less than 16. */
  list(count: number): void {
    this.byte(0x90 + count)
  }

  /** The head of a map of less than 65,536. */
  map(count: number): void {
    if (count < 16) return this.byte(0x80 + count)
    this.byte(0xde)
    this.byte(count >> 8)
    this.byte(count & 0xff)
  }

  /** A whole number from 0, in its shortest form. */
  count(value: number): void {
    if (value < 0x80) return this.byte(value)
    this.room(NUMBER_MOST)
    const buffer = this.#buffer
    const at = this.#at
    if (value >= 2 ** 32) {
      this.#at = writeWide(BigInt(value), buffer, at)
    } else if (value >= 2 ** 16) {
      buffer[at] = 0xce
      this.#at = buffer.writeUInt32BE(value, at + 1)
    } else if (value >= 2 ** 8) {
      buffer[at] = 0xcd
      this.#at = buffer.writeUInt16BE(value, at + 1)
    } else {
      buffer[at] = 0xcc
      this.#at = buffer.writeUInt8(value, at + 1)
    }
  }

  /** A float64, also of a whole number. */
  float(value: number): void {
    this.room(NUMBER_MOST)
    this.#at = writeFloat(value, this.#buffer, this.#at)
  }

  /** Bytes as they are, that no head is needed for. */
  raw(bytes: Uint8Array, from = 0, end = bytes.length): void {
    this.room(end - from)
    this.#at = copyBytes(bytes, from, end, this.#buffer, this.#at)
  }

  block(block: Block): void {
    this.room(block.size)
    block.write(this.#buffer, this.#at)
    this.#at += block.size
  }

  #move(bytes: number): void {
    const { size } = this
    const next = this.#supply(size + Math.max(bytes, Math.min(size, DOUBLED_MOST)))
    this.#buffer.copy(next, 0, this.#begun, this.#at)
    this.#buffer = next
    this.#begun = 0
    this.#at = size
  }
}
