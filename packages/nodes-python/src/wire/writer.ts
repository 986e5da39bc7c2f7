import { Buffer } from 'node:buffer'

/** Gives memory for at least so many bytes. */
export type Supply = (bytes: number) => Buffer

/** What a writer throws that may not write so much. */
export class NoRoomError extends Error {}

/** More than the head of any value has. */
const HEAD_MOST = 16
/** What is too small becomes at least twice as large, up to this. */
const DOUBLED_MOST = 2 ** 22
/** Lengths of ext values that have a head of their own. */
const FIXED = [1, 2, 4, 8, 16]
const NONE = new Uint8Array(0)

/**
 * Writes msgpack straight into memory that is used again, everything in its shortest form. Where that memory ends, what
 * was written since `begin` moves to a larger piece.
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

  /** The bytes themselves, from a size that was on. */
  bytes(from = 0): Buffer {
    return this.#buffer.subarray(this.#begun + from, this.#at)
  }

  /** Takes back what was written since it had this size and as many values. */
  rewind(size: number, items: number): void {
    this.#at = this.#begun + size
    this.items = items
  }

  /** A value that makes it much longer than this is not written: NoRoomError. */
  limit(size: number): void {
    this.#most = size + HEAD_MOST
  }

  /** There is room for so many bytes then. @throws NoRoomError */
  room(bytes: number): void {
    if (this.size + bytes > this.#most) throw new NoRoomError()
    if (this.#at + bytes > this.#buffer.length) this.#move(bytes)
  }

  nil(): void {
    this.byte(0xc0)
  }

  byte(value: number): void {
    this.room(1)
    this.#buffer[this.#at++] = value
  }

  /** Bytes as they are, that no head is needed for. */
  raw(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.room(bytes.length)
    this.#buffer.set(bytes, this.#at)
    this.#at += bytes.length
  }

  list(count: number): void {
    this.#container(count, 0x90, 0xdc)
  }

  map(count: number): void {
    this.#container(count, 0x80, 0xde)
  }

  /** A whole number of at most 53 bits, or the bits of a longer one. */
  integer(value: number): void {
    this.room(HEAD_MOST)
    if (value >= 0 ? value < 0x80 : value >= -0x20) this.#buffer[this.#at++] = value
    else if (value >= 0) this.#unsigned(value)
    else this.#negative(value)
  }

  /** A whole number of at most 64 bits. */
  bigInteger(value: bigint): void {
    const number = Number(value)
    if (Number.isSafeInteger(number)) return this.integer(number)
    this.room(HEAD_MOST)
    this.#long(value)
  }

  /** A float64, also of a whole number. */
  float(value: number): void {
    this.room(HEAD_MOST)
    this.#buffer[this.#at] = 0xcb
    this.#at = this.#buffer.writeDoubleBE(value, this.#at + 1)
  }

  /** Text, without halves of surrogate pairs. */
  text(value: string): void {
    this.room(value.length + HEAD_MOST)
    const bytes = Buffer.byteLength(value)
    this.#head(0xd9, bytes, 0xa0)
    this.room(bytes)
    this.#at += this.#buffer.write(value, this.#at, bytes)
  }

  binary(bytes: Uint8Array): void {
    this.room(bytes.length + HEAD_MOST)
    this.#head(0xc4, bytes.length)
    this.raw(bytes)
  }

  /** An ext value of these bytes, behind a header. */
  ext(code: number, bytes: Uint8Array, header: Uint8Array = NONE): void {
    const length = header.length + bytes.length
    this.room(length + HEAD_MOST)
    const fixed = length <= 16 ? FIXED.indexOf(length) : -1
    if (fixed >= 0) this.#buffer[this.#at++] = 0xd4 + fixed
    else this.#head(0xc7, length)
    this.#buffer[this.#at++] = code
    this.raw(header)
    this.raw(bytes)
  }

  #move(bytes: number): void {
    const { size } = this
    const next = this.#supply(size + Math.max(bytes, Math.min(size, DOUBLED_MOST)))
    this.#buffer.copy(next, 0, this.#begun, this.#at)
    this.#buffer = next
    this.#begun = 0
    this.#at = size
  }

  #container(count: number, few: number, many: number): void {
    this.room(HEAD_MOST)
    if (count < 16) this.#buffer[this.#at++] = few + count
    else if (count < 2 ** 16) this.#wide(many, count, 2)
    else this.#wide(many + 1, count, 4)
  }

  /** The first byte and the length; `one` is that for a length of one byte, `short` for one in the byte itself. */
  #head(one: number, length: number, short = 0): void {
    if (short > 0 && length < 0x20) this.#buffer[this.#at++] = short + length
    else if (length < 2 ** 8) this.#wide(one, length, 1)
    else if (length < 2 ** 16) this.#wide(one + 1, length, 2)
    else this.#wide(one + 2, length, 4)
  }

  #unsigned(value: number): void {
    if (value < 2 ** 8) this.#wide(0xcc, value, 1)
    else if (value < 2 ** 16) this.#wide(0xcd, value, 2)
    else if (value < 2 ** 32) this.#wide(0xce, value, 4)
    else this.#long(BigInt(value))
  }

  #negative(value: number): void {
    if (value >= -(2 ** 7)) this.#wide(0xd0, value & 0xff, 1)
    else if (value >= -(2 ** 15)) this.#wide(0xd1, value & 0xffff, 2)
    else if (value >= -(2 ** 31)) this.#wide(0xd2, value >>> 0, 4)
    else this.#long(BigInt(value))
  }

  #wide(head: number, value: number, width: 1 | 2 | 4): void {
    const buffer = this.#buffer
    buffer[this.#at++] = head
    if (width === 4) {
      buffer[this.#at++] = value >>> 24
      buffer[this.#at++] = value >>> 16
    }
    if (width > 1) buffer[this.#at++] = value >>> 8
    buffer[this.#at++] = value
  }

  #long(value: bigint): void {
    this.#buffer[this.#at] = value < 0n ? 0xd3 : 0xcf
    this.#at = this.#buffer.writeBigUInt64BE(BigInt.asUintN(64, value), this.#at + 1)
  }

  /** Short text, for which a loop is quicker than calls. False where it is not that, or not ASCII: nothing is written. */
  shortText(value: string): boolean {
    if (value.length >= 0x20) return false
    this.room(0x20)
    const buffer = this.#buffer
    let at = this.#at + 1
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code >= 0x80) return false
      buffer[at++] = code
    }
    buffer[this.#at] = 0xa0 + value.length
    this.#at = at
    return true
  }
}
