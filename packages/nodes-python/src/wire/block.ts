import type { Buffer } from 'node:buffer'
import { copyShared } from './copy-shared.ts'

/** Bytes of a value that msgpackr would write in another form, or hand to whatever extension somebody registered. */
export interface Block {
  readonly size: number
  write(target: Buffer, at: number): void
}

/** The length of a float64 or an integer of 64 bits. */
const WIDE = 9
const NONE = new Uint8Array(0)
/** Lengths of ext values that have a head of their own. */
const FIXED = [1, 2, 4, 8, 16]

/** A float64, also for a whole number. Returns where it ends. */
export function writeFloat(value: number, target: Buffer, at: number): number {
  target[at] = 0xcb
  return target.writeDoubleBE(value, at + 1)
}

/** An integer of 64 bits: unsigned unless it is negative. Returns where it ends. */
export function writeWide(value: bigint, target: Buffer, at: number): number {
  target[at] = value < 0n ? 0xd3 : 0xcf
  return target.writeBigUInt64BE(BigInt.asUintN(64, value), at + 1)
}

export const floatBlock = (value: number): Block => ({
  size: WIDE,
  write: (target, at) => void writeFloat(value, target, at),
})

export const wideBlock = (value: bigint): Block => ({
  size: WIDE,
  write: (target, at) => void writeWide(value, target, at),
})

/** Bytes. */
export class BytesBlock implements Block {
  readonly size: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.size = sizeOfHead(bytes.length) + bytes.length
    this.#bytes = bytes
  }

  write(target: Buffer, at: number): void {
    const bytes = this.#bytes
    copyShared(bytes, target, writeHead(target, at, 0xc4, bytes.length))
  }
}

/** An ext value: a header and items. */
export class ExtBlock implements Block {
  readonly size: number
  readonly #code: number
  readonly #items: Uint8Array
  readonly #header: Uint8Array

  constructor(code: number, items: Uint8Array, header: Uint8Array = NONE) {
    const length = header.length + items.length
    this.size = (length <= 16 && FIXED.includes(length) ? 1 : sizeOfHead(length)) + 1 + length
    this.#code = code
    this.#items = items
    this.#header = header
  }

  write(target: Buffer, at: number): void {
    const header = this.#header
    const length = header.length + this.#items.length
    let to = at + 1
    if (this.size === length + 2) target[at] = 0xd4 + FIXED.indexOf(length)
    else to = writeHead(target, at, 0xc7, length)
    target[to++] = this.#code
    if (header.length > 0) target.set(header, to)
    copyShared(this.#items, target, to + header.length)
  }
}

const sizeOfHead = (length: number) => (length < 0x100 ? 2 : length < 0x10000 ? 3 : 5)

/** The first byte, `one` for a length of one byte, and the length. Returns where they end. */
function writeHead(target: Buffer, at: number, one: number, length: number): number {
  if (length < 0x100) {
    target[at] = one
    return target.writeUInt8(length, at + 1)
  }
  target[at] = length < 0x10000 ? one + 1 : one + 2
  return length < 0x10000 ? target.writeUInt16BE(length, at + 1) : target.writeUInt32BE(length, at + 1)
}
