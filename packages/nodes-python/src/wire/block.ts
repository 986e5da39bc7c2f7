import type { Buffer } from 'node:buffer'

/** Bytes of a value that msgpackr would write in another form, or hand to whatever extension somebody registered. */
export interface Block {
  readonly size: number
  write(target: Buffer, at: number): void
}

/** A float64, also for a whole number. */
export const floatBlock = (value: number): Block => ({
  size: 9,
  write: (target, at) => {
    target[at] = 0xcb
    target.writeDoubleBE(value, at + 1)
  },
})

/** An integer of 64 bits: unsigned unless it is negative. */
export const integerBlock = (value: bigint): Block => ({
  size: 9,
  write: (target, at) => {
    target[at] = value < 0n ? 0xd3 : 0xcf
    if (value < 0n) target.writeBigInt64BE(value, at + 1)
    else target.writeBigUInt64BE(value, at + 1)
  },
})

/** Bytes. */
export function bytesBlock(bytes: Uint8Array): Block {
  const head = sizeOfHead(bytes.byteLength)
  return {
    size: head + bytes.byteLength,
    write: (target, at) => {
      writeHead(target, at, 0xc4, bytes.byteLength)
      target.set(bytes, at + head)
    },
  }
}

/** An ext value. */
export function extBlock(code: number, header: Uint8Array, items: Uint8Array): Block {
  const length = header.byteLength + items.byteLength
  const fixed = [1, 2, 4, 8, 16].indexOf(length)
  const head = fixed < 0 ? sizeOfHead(length) + 1 : 2
  return {
    size: head + length,
    write: (target, at) => {
      if (fixed < 0) writeHead(target, at, 0xc7, length)
      else target[at] = 0xd4 + fixed
      target[at + head - 1] = code
      target.set(header, at + head)
      target.set(items, at + head + header.byteLength)
    },
  }
}

const sizeOfHead = (length: number) => (length < 0x100 ? 2 : length < 0x10000 ? 3 : 5)

/** The first byte, `one` for a length of one byte, and the length. */
function writeHead(target: Buffer, at: number, one: number, length: number): void {
  const width = sizeOfHead(length) - 1
  target[at] = one + (width >> 1)
  target.writeUIntBE(length, at + 1, width)
}
