import {
  type AnabranchError,
  AudioBuffer,
  LimitExceededError,
  MarshalingError,
  type Values,
} from '@anabranch/plugin-sdk'
import { describe, LIMITS } from '@anabranch/plugin-sdk/host'
import { type Block, BytesBlock, ExtBlock, floatBlock, wideBlock } from './block.ts'
import { audioHeader, bytesOf, codeOfArray, EXT_AUDIO, EXT_NDARRAY, ndarrayHeader } from './ext.ts'
import type { Plain } from './msgpack.ts'
import { NoRoomError } from './writer.ts'

const FIX = 'give null, booleans, numbers, text, Uint8Array, lists, plain objects, typed arrays, tensors or AudioBuffer'
/** The containers around a set of values, and that set. */
const DEPTH_OF_VALUES = 4

/**
 * Values as msgpackr may see them: fresh lists and maps of plain values, with a gap for everything else, whose bytes are
 * the blocks, in the order of the gaps. Its methods throw MarshalingError for what the wire format does not know,
 * LimitExceededError for too much or too deep, NoRoomError for what does not fit.
 */
export class Outline {
  blocks: Block[] = []
  blockBytes = 0
  /** Msgpack values; lists, maps and keys count. */
  items = 0
  readonly #path: (string | number)[] = []
  readonly #open: object[] = []
  #characters = 0
  #room = 0

  /** Forgets what it had; there were as many msgpack values before, and there is room for so many bytes. */
  begin(items: number, room: number): void {
    if (this.blocks.length > 0) this.blocks = []
    this.blockBytes = 0
    this.items = items
    if (this.#path.length > 0) this.#path.length = 0
    if (this.#open.length > 0) this.#open.length = 0
    this.#characters = 0
    this.#room = room
  }

  /** One more msgpack value. */
  count(): void {
    if (++this.items <= LIMITS.msgpack_items) return
    throw new LimitExceededError(`${this.#key}: more than ${LIMITS.msgpack_items} values`, {
      limit: 'msgpack_items',
      fix: 'give numbers as a typed array, or smaller values',
    })
  }

  /** The key of a value. */
  key(key: string): Plain {
    this.#path.push(key)
    const plain = this.#text(key)
    this.#path.pop()
    return plain
  }

  /** A value under a name, which errors in it will tell; undefined where it is one block. */
  named(name: string, value: unknown): Plain {
    this.#path.push(name)
    const plain = this.#value(value)
    this.#path.pop()
    return plain
  }

  #value(value: unknown): Plain {
    switch (typeof value) {
      case 'number':
        this.count()
        return this.#number(value)
      case 'string':
        return this.#text(value)
      case 'boolean':
        this.count()
        return value
      case 'bigint':
        this.count()
        return this.#integer(value)
      case 'object':
        return this.#object(value)
      default:
        throw this.#refusal(describe(value))
    }
  }

  /** A number in its shortest form: an integer where it is one of at most 2^53. */
  #number(value: number): Plain {
    if (!Number.isInteger(value)) return value
    if (Math.abs(value) > 2 ** 53 || Object.is(value, -0)) return this.#gap(floatBlock(value))
    return isNarrow(value) ? value : this.#gap(wideBlock(BigInt(value)))
  }

  #integer(value: bigint): Plain {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) throw this.#refusal('an integer of more than 64 bits')
    const number = Number(value)
    return isNarrow(number) ? number : this.#gap(wideBlock(value))
  }

  #object(value: object | null): Plain {
    const isView = ArrayBuffer.isView(value)
    if (value !== null && !isView && !(value instanceof AudioBuffer)) return this.#container(value)
    this.count()
    if (value === null) return null
    return this.#gap(isView ? this.#view(value) : this.#audio(value as AudioBuffer))
  }

  #text(value: string): string {
    this.count()
    this.#characters += value.length
    this.#fit()
    if (this.#characters > LIMITS.value_bytes) throw this.#tooLong()
    if (/\p{Surrogate}/u.test(value)) throw this.#refusal('text with half of a surrogate pair')
    return value
  }

  #view(view: ArrayBufferView): Block {
    const code = codeOfArray(view)
    if (code === 0) throw this.#refusal(describe(view))
    if (view.byteLength > LIMITS.value_bytes) throw this.#tooLong()
    return view instanceof Uint8Array ? new BytesBlock(bytesOf(view)) : new ExtBlock(code, bytesOf(view))
  }

  #audio({ samples, sampleRate, channels }: AudioBuffer): Block {
    if (!Number.isInteger(sampleRate)) throw this.#refusal(`audio of ${sampleRate} Hz, which is no whole number,`)
    return new ExtBlock(EXT_AUDIO, bytesOf(samples), audioHeader(sampleRate, channels))
  }

  #container(value: object): Plain {
    if (this.#open.includes(value)) throw this.#refusal('a value that contains itself')
    if (DEPTH_OF_VALUES + this.#path.length > LIMITS.msgpack_depth)
      throw new LimitExceededError(`${this.#key}: nested deeper than ${LIMITS.msgpack_depth}`, {
        limit: 'msgpack_depth',
      })
    this.#open.push(value)
    const plain = Array.isArray(value) ? this.#list(value) : this.#record(value)
    this.#open.pop()
    return plain
  }

  #list(list: readonly unknown[]): Plain {
    this.count()
    const plain: Plain[] = []
    const depth = this.#path.length
    for (let index = 0; index < list.length; index++) {
      this.#path[depth] = index
      plain.push(this.#value(list[index]))
    }
    this.#path.length = depth
    return plain
  }

  #record(value: object): Plain {
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) throw this.#refusal(describe(value))
    return isTensor(value) ? this.#gap(this.#tensor(value)) : this.#map(value as Values)
  }

  /** Absent values are left out. */
  #map(values: Values): Plain {
    this.count()
    const map = new Map<string, Plain>()
    for (const key of Object.keys(values)) {
      const value = values[key]
      if (value === undefined) continue
      this.#path.push(key)
      map.set(this.#text(key), this.#value(value))
      this.#path.pop()
    }
    return map
  }

  #tensor({ data, shape }: Tensor): Block {
    this.count()
    const code = codeOfArray(data)
    const { length } = data as Uint8Array
    const fits = shape.length <= 255 && shape.every((size) => size >>> 0 === size)
    if (code === 0 || !fits || shape.reduce((product, size) => product * size, 1) !== length)
      throw this.#refusal(`a tensor of shape ${shape.join('×')} with ${length} items`)
    return new ExtBlock(EXT_NDARRAY, bytesOf(data), ndarrayHeader(code, shape))
  }

  #gap(block: Block): undefined {
    this.blocks.push(block)
    this.blockBytes += block.size
    this.#fit()
  }

  /** Stops before msgpackr writes what cannot be sent: no character has less than a byte. */
  #fit(): void {
    if (this.blockBytes + this.#characters > this.#room) throw new NoRoomError()
  }

  get #key(): string {
    return this.#path.join('.')
  }

  #tooLong(): AnabranchError {
    return new LimitExceededError(`${this.#key}: a value of more than ${LIMITS.value_bytes} bytes`, {
      limit: 'value_bytes',
      fix: 'give smaller values',
    })
  }

  #refusal(what: string): AnabranchError {
    return new MarshalingError(`${this.#key}: ${what} cannot leave the process`, { key: this.#key, fix: FIX })
  }
}

/** Whether msgpackr writes it as an integer: beyond 32 bits it takes floats. */
const isNarrow = (value: number) => value >= -(2 ** 31) && value < 2 ** 32

type Tensor = { readonly data: ArrayBufferView; readonly shape: readonly number[] }

function isTensor(record: object): record is Tensor {
  const { data, shape } = record as Partial<Tensor>
  return ArrayBuffer.isView(data) && Array.isArray(shape) && Object.keys(record).length === 2
}
