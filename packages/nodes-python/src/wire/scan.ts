import { type Buffer, isUtf8 } from 'node:buffer'
import { LimitExceededError, MarshalingError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'

/**
 * Told of every value that is text with a length field, bytes or ext: its first byte, where that stands, where the
 * payload starts and where it ends. The code of an ext value is the byte before its payload.
 */
export type Found = (head: number, from: number, start: number, end: number) => void

/**
 * Looks over msgpack before anything is made of it: a few bytes can declare gigabytes. Each declared length and count
 * is held against the bytes left, so that no message costs more than its own size and 65,536 values.
 *
 * Returns how many values there are.
 *
 * @throws MarshalingError for what is no msgpack, for bad UTF-8, for keys that are no text and for bytes left over;
 * LimitExceededError for too much or too deep.
 */
export function scan(data: Buffer, found: Found): number {
  return new Scanner(data, found).message()
}

class Scanner {
  readonly #data: Buffer
  readonly #found: Found
  #at = 0
  #items = 0

  constructor(data: Buffer, found: Found) {
    this.#data = data
    this.#found = found
  }

  message(): number {
    this.#value(0)
    const left = this.#data.length - this.#at
    if (left !== 0) throw new MarshalingError(`${left} bytes after the end of the message, at byte ${this.#at}`)
    return this.#items
  }

  #value(depth: number): void {
    const head = this.#data[this.#skip(1)] ?? 0
    if (++this.#items > LIMITS.msgpack_items) throw limit('msgpack_items', `more than ${LIMITS.msgpack_items} values`)
    if (head <= 0x7f || head >= 0xe0) return
    if (head <= 0x8f) this.#map(head & 0x0f, depth + 1)
    else if (head <= 0x9f) this.#array(head & 0x0f, depth + 1)
    else if (head <= 0xbf) this.#text(head & 0x1f)
    else this.#long(head, depth)
  }

  #long(head: number, depth: number): void {
    const from = this.#at - 1
    switch (head) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return
      case 0xc4:
      case 0xc5:
      case 0xc6: {
        const length = this.#length(1 << (head - 0xc4))
        return this.#found(head, from, this.#skip(length), this.#at)
      }
      case 0xc7:
      case 0xc8:
      case 0xc9: {
        const length = this.#length(1 << (head - 0xc7))
        return this.#found(head, from, this.#skip(1 + length) + 1, this.#at)
      }
      case 0xca:
        return void this.#skip(4)
      case 0xcb:
        return void this.#skip(8)
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return void this.#skip(1 << (head - 0xcc))
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return void this.#skip(1 << (head - 0xd0))
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#found(head, from, this.#skip(1 + (1 << (head - 0xd4))) + 1, this.#at)
      case 0xd9:
      case 0xda:
      case 0xdb: {
        const length = this.#length(1 << (head - 0xd9))
        this.#text(length)
        return this.#found(head, from, this.#at - length, this.#at)
      }
      case 0xdc:
      case 0xdd:
        return this.#array(this.#length(head === 0xdc ? 2 : 4), depth + 1)
      case 0xde:
      case 0xdf:
        return this.#map(this.#length(head === 0xde ? 2 : 4), depth + 1)
      default:
        throw new MarshalingError(`0x${head.toString(16)} is no msgpack value, at byte ${from}`)
    }
  }

  #array(count: number, depth: number): void {
    this.#enter(count, depth)
    for (let index = 0; index < count; index++) this.#value(depth)
  }

  #map(count: number, depth: number): void {
    this.#enter(count * 2, depth)
    for (let index = 0; index < count; index++) {
      const key = this.#data[this.#at] ?? 0
      if (!((key >= 0xa0 && key <= 0xbf) || (key >= 0xd9 && key <= 0xdb)))
        throw new MarshalingError(`a map key that is no text, at byte ${this.#at}`)
      this.#value(depth)
      this.#value(depth)
    }
  }

  #enter(count: number, depth: number): void {
    if (depth > LIMITS.msgpack_depth)
      throw limit('msgpack_depth', `nested deeper than ${LIMITS.msgpack_depth}, at byte ${this.#at}`)
    const left = this.#data.length - this.#at
    if (count > left) throw new MarshalingError(`${count} values declared, ${left} bytes left, at byte ${this.#at}`)
  }

  #text(length: number): void {
    const start = this.#skip(length)
    if (!isShortAscii(this.#data, start, this.#at) && !isUtf8(this.#data.subarray(start, this.#at)))
      throw new MarshalingError(`text that is not UTF-8, at byte ${start}`)
  }

  #length(width: number): number {
    return this.#data.readUIntBE(this.#skip(width), width)
  }

  #skip(bytes: number): number {
    const from = this.#at
    if (bytes > this.#data.length - from)
      throw new MarshalingError(`the message ends in the middle of a value, at byte ${this.#data.length}`)
    this.#at = from + bytes
    return from
  }
}

/** For short text this loop is quicker than a call of `isUtf8`. */
function isShortAscii(data: Buffer, start: number, end: number): boolean {
  if (end - start > 64) return false
  for (let at = start; at < end; at++) if ((data[at] ?? 0) >= 0x80) return false
  return true
}

const limit = (name: string, message: string) => new LimitExceededError(message, { limit: name })
