import {
  type AnabranchError,
  AudioBuffer,
  LimitExceededError,
  MarshalingError,
  type Values,
} from '@anabranch/plugin-sdk'
import { describe, LIMITS } from '@anabranch/plugin-sdk/host'
import { type Block, bytesBlock, extBlock, floatBlock, integerBlock } from './block.ts'
import { audioHeader, bytesOf, codeOfArray, EXT_AUDIO, EXT_NDARRAY, ndarrayHeader } from './ext.ts'
import type { Plain } from './msgpack.ts'

const FIX = 'give null, booleans, numbers, text, Uint8Array, lists, plain objects, typed arrays, tensors or AudioBuffer'
const NONE = new Uint8Array(0)
/** The containers around a set of values, and that set. */
const DEPTH_OF_VALUES = 4

/**
 * A message as msgpackr may see it: fresh lists and maps of plain values, with a gap for everything else, whose bytes
 * are the blocks, in the order of the gaps. Its methods throw MarshalingError for what the wire format does not know,
 * LimitExceededError for too much or too deep.
 */
export class Outline {
  readonly blocks: Block[] = []
  readonly #path: (string | number)[] = []
  readonly #open: object[] = []
  #bytes = 0
  #items = 0

  /** A number that is a float64 on the wire, also where it is whole. */
  float(value: number): Plain {
    return this.#gap(floatBlock(value))
  }

  /** A number in its shortest form: an integer where it is one of at most 2^53. */
  number(value: number): Plain {
    if (!Number.isInteger(value)) return value
    if (Math.abs(value) > 2 ** 53 || Object.is(value, -0)) return this.float(value)
    return value >= -(2 ** 31) && value < 2 ** 32 ? value : this.#gap(integerBlock(BigInt(value)))
  }

  /** A set of values; absent ones are left out. */
  values(values: Values): Plain {
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

  /** A value under a name, which errors in it will tell. */
  at(name: string, value: unknown): Plain {
    this.#path.push(name)
    const plain = this.#value(value)
    this.#path.pop()
    return plain
  }

  #value(value: unknown): Plain {
    this.#count(1)
    if (++this.#items > LIMITS.msgpack_items)
      throw new LimitExceededError(`${this.#key}: more than ${LIMITS.msgpack_items} values`, {
        limit: 'msgpack_items',
        fix: 'give numbers as a typed array, or smaller values',
      })
    switch (typeof value) {
      case 'number':
        return this.number(value)
      case 'string':
        return this.#text(value)
      case 'boolean':
        return value
      case 'bigint':
        if (value < -(2n ** 63n) || value >= 2n ** 64n) throw this.#refusal('an integer of more than 64 bits')
        return this.#gap(integerBlock(value))
      case 'object':
        if (value === null) return null
        if (ArrayBuffer.isView(value)) return this.#gap(this.#view(value))
        if (value instanceof AudioBuffer) return this.#gap(this.#audio(value))
        return this.#container(value)
      default:
        throw this.#refusal(describe(value))
    }
  }

  #text(value: string): string {
    this.#count(value.length)
    if (/\p{Surrogate}/u.test(value)) throw this.#refusal('text with half of a surrogate pair')
    return value
  }

  #view(view: ArrayBufferView): Block {
    const code = codeOfArray(view)
    if (code === 0) throw this.#refusal(describe(view))
    return view instanceof Uint8Array ? bytesBlock(bytesOf(view)) : extBlock(code, NONE, bytesOf(view))
  }

  #audio({ samples, sampleRate, channels }: AudioBuffer): Block {
    if (!Number.isInteger(sampleRate)) throw this.#refusal(`audio of ${sampleRate} Hz, which is no whole number,`)
    return extBlock(EXT_AUDIO, audioHeader(sampleRate, channels), bytesOf(samples))
  }

  #container(value: object): Plain {
    if (this.#open.includes(value)) throw this.#refusal('a value that contains itself')
    if (DEPTH_OF_VALUES + this.#path.length > LIMITS.msgpack_depth)
      throw new LimitExceededError(`${this.#key}: nested deeper than ${LIMITS.msgpack_depth}`, {
        limit: 'msgpack_depth',
      })
    this.#open.push(value)
    const plain = Array.isArray(value) ? this.#list(value) : this.#object(value)
    this.#open.pop()
    return plain
  }

  #list(list: readonly unknown[]): Plain {
    const plain: Plain[] = []
    const depth = this.#path.length
    for (let index = 0; index < list.length; index++) {
      this.#path[depth] = index
      plain.push(this.#value(list[index]))
    }
    this.#path.length = depth
    return plain
  }

  #object(value: object): Plain {
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) throw this.#refusal(describe(value))
    return isTensor(value) ? this.#gap(this.#tensor(value)) : this.values(value as Values)
  }

  #tensor({ data, shape }: Tensor): Block {
    const code = codeOfArray(data)
    const { length } = data as Uint8Array
    const fits = shape.length <= 255 && shape.every((size) => size >>> 0 === size)
    if (code === 0 || !fits || shape.reduce((product, size) => product * size, 1) !== length)
      throw this.#refusal(`a tensor of shape ${shape.join('×')} with ${length} items`)
    return extBlock(EXT_NDARRAY, ndarrayHeader(code, shape), bytesOf(data))
  }

  #gap(block: Block): undefined {
    this.blocks.push(block)
  }

  /** Stops before msgpackr writes what cannot be sent: no value has less than a byte, no character either. */
  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > LIMITS.value_bytes)
      throw new LimitExceededError(`${this.#key}: a value of more than ${LIMITS.value_bytes} bytes`, {
        limit: 'value_bytes',
        fix: 'give smaller values',
      })
  }

  get #key(): string {
    return this.#path.join('.')
  }

  #refusal(what: string): AnabranchError {
    return new MarshalingError(`${this.#key}: ${what} cannot leave the process`, { key: this.#key, fix: FIX })
  }
}

type Tensor = { readonly data: ArrayBufferView; readonly shape: readonly number[] }

function isTensor(record: object): record is Tensor {
  const { data, shape } = record as Partial<Tensor>
  return ArrayBuffer.isView(data) && Array.isArray(shape) && Object.keys(record).length === 2
}
