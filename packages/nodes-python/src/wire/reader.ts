import { type Buffer, isUtf8 } from 'node:buffer'
import { LimitExceededError, MarshalingError, type Values } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { EXT_NDARRAY, type ExtDecoder, isExtCode } from './ext.ts'

/**
 * Reads msgpack that nobody vouches for, once. Every declared length and count is held against the bytes that are left
 * before anything is made of it, so that no message costs more than its own size and 65,536 values. Of a library it
 * would have to be looked over before, value by value; and codes that others register with one mean nothing here.
 */
export class Reader {
  readonly #data: Buffer
  readonly #ext: ExtDecoder
  readonly #tensors: unknown[] = []
  #at = 0
  #items = 0

  constructor(data: Buffer, ext: ExtDecoder) {
    this.#data = data
    this.#ext = ext
  }

  /**
   * The one value of all the bytes. Lists are arrays, maps plain objects, integers beyond 2^53 bigints, bytes views.
   *
   * @throws MarshalingError for what is no msgpack, for foreign ext values, bad UTF-8, keys that are no text and for bytes
   * left over; LimitExceededError for too much or too deep.
   */
  whole(): unknown {
    const value = this.#value(0)
    const left = this.#data.length - this.#at
    if (left !== 0) throw new MarshalingError(`${left} bytes after the end of the message, at byte ${this.#at}`)
    return value
  }

  /** Whether a value that was read is a map: an array with a shape is an object, too. */
  isMap(value: unknown): value is Values {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false
    return this.#tensors.length === 0 || !this.#tensors.includes(value)
  }

  #value(depth: number): unknown {
    const head = this.#data[this.#skip(1)] as number
    if (++this.#items > LIMITS.msgpack_items) throw limit('msgpack_items', `more than ${LIMITS.msgpack_items} values`)
    if (head <= 0x7f) return head
    if (head >= 0xe0) return head - 0x100
    if (head <= 0x8f) return this.#map(head & 0x0f, depth + 1)
    if (head <= 0x9f) return this.#list(head & 0x0f, depth + 1)
    if (head <= 0xbf) return this.#text(head & 0x1f)
    return this.#long(head, depth)
  }

  #long(head: number, depth: number): unknown {
    switch (head) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#bytes(this.#length(1 << (head - 0xc4)))
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#length(1 << (head - 0xc7)))
      case 0xca:
        return this.#data.readFloatBE(this.#skip(4))
      case 0xcb:
        return this.#data.readDoubleBE(this.#skip(8))
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#length(1 << (head - 0xcc))
      case 0xcf:
        return numberOf(this.#data.readBigUInt64BE(this.#skip(8)))
      case 0xd0:
        return this.#data.readInt8(this.#skip(1))
      case 0xd1:
        return this.#data.readInt16BE(this.#skip(2))
      case 0xd2:
        return this.#data.readInt32BE(this.#skip(4))
      case 0xd3:
        return numberOf(this.#data.readBigInt64BE(this.#skip(8)))
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (head - 0xd4))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#length(1 << (head - 0xd9)))
      case 0xdc:
      case 0xdd:
        return this.#list(this.#length(head === 0xdc ? 2 : 4), depth + 1)
      case 0xde:
      case 0xdf:
        return this.#map(this.#length(head === 0xde ? 2 : 4), depth + 1)
      default:
        throw new MarshalingError(`0x${head.toString(16)} is no msgpack value, at byte ${this.#at - 1}`)
    }
  }

  #list(count: number, depth: number): unknown[] {
    this.#enter(count, depth)
    const list: unknown[] = []
    for (let index = 0; index < count; index++) list.push(this.#value(depth))
    return list
  }

  #map(count: number, depth: number): Record<string, unknown> {
    this.#enter(count * 2, depth)
    const map: Record<string, unknown> = {}
    for (let index = 0; index < count; index++) {
      const head = this.#data[this.#at] ?? 0
      if (!((head >= 0xa0 && head <= 0xbf) || (head >= 0xd9 && head <= 0xdb)))
        throw new MarshalingError(`a map key that is no text, at byte ${this.#at}`)
      const key = this.#value(depth) as string
      const value = this.#value(depth)
      if (key === '__proto__')
        Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true })
      else map[key] = value
    }
    return map
  }

  #enter(count: number, depth: number): void {
    if (depth > LIMITS.msgpack_depth)
      throw limit('msgpack_depth', `nested deeper than ${LIMITS.msgpack_depth}, at byte ${this.#at}`)
    const left = this.#data.length - this.#at
    if (count > left) throw new MarshalingError(`${count} values declared, ${left} bytes left, at byte ${this.#at}`)
  }

  #text(length: number): string {
    const start = this.#skip(length)
    const end = this.#at
    if (length <= SHORT) {
      let text = ''
      for (let at = start; ; at++) {
        if (at === end) return text
        const byte = this.#data[at] as number
        if (byte >= 0x80) break
        text += CHARACTERS[byte]
      }
    }
    if (!isUtf8(this.#data.subarray(start, end))) throw new MarshalingError(`text that is not UTF-8, at byte ${start}`)
    return this.#data.toString('utf8', start, end)
  }

  #bytes(length: number): Buffer {
    const start = this.#skip(length)
    return this.#data.subarray(start, start + length)
  }

  #extension(length: number): unknown {
    const start = this.#skip(1 + length)
    const code = this.#data[start] as number
    if (!isExtCode(code)) {
      const text = `ext code 0x${code.toString(16).padStart(2, '0')} is not of the wire format, at byte ${start}`
      throw new MarshalingError(text)
    }
    const value = this.#ext(code, this.#data.subarray(start + 1, this.#at))
    if (code === EXT_NDARRAY) this.#tensors.push(value)
    return value
  }

  #length(width: number): number {
    const start = this.#skip(width)
    const data = this.#data
    if (width === 1) return data[start] as number
    return width === 2 ? data.readUInt16BE(start) : data.readUInt32BE(start)
  }

  #skip(bytes: number): number {
    const from = this.#at
    if (bytes > this.#data.length - from)
      throw new MarshalingError(`the message ends in the middle of a value, at byte ${this.#data.length}`)
    this.#at = from + bytes
    return from
  }
}

/** For shorter text a loop is quicker than calls. */
const SHORT = 24
const CHARACTERS = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code))

/** A number where it holds every digit. */
function numberOf(value: bigint): number | bigint {
  const number = Number(value)
  return number >= -(2 ** 53) && number <= 2 ** 53 && BigInt(number) === value ? number : value
}

const limit = (name: string, message: string) => new LimitExceededError(message, { limit: name })
