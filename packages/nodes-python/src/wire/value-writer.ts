import {
  type AnabranchError,
  AudioBuffer,
  LimitExceededError,
  MarshalingError,
  type Values,
} from '@anabranch/plugin-sdk'
import { describe, LIMITS } from '@anabranch/plugin-sdk/host'
import { audioHeader, bytesOf, codeOfArray, EXT_AUDIO, EXT_NDARRAY, ndarrayHeader } from './ext.ts'
import { Writer } from './writer.ts'

const FIX = 'give null, booleans, numbers, text, Uint8Array, lists, plain objects, typed arrays, tensors or AudioBuffer'
/** The containers around a set of values, and that set. */
const DEPTH_OF_VALUES = 4

/**
 * Writes values in the forms of the wire format. Its methods throw MarshalingError for what that does not know,
 * LimitExceededError for too much or too deep; what was written until then is to be taken back.
 */
export class ValueWriter extends Writer {
  readonly #path: (string | number)[] = []
  readonly #open: object[] = []

  override begin(...given: Parameters<Writer['begin']>): void {
    super.begin(...given)
    this.#forget()
  }

  override rewind(size: number, items: number): void {
    super.rewind(size, items)
    this.#forget()
  }

  /** A number in its shortest form: an integer where it is one of at most 2^53. */
  number(value: number): void {
    if (!Number.isInteger(value) || Math.abs(value) > 2 ** 53 || Object.is(value, -0)) this.float(value)
    else this.integer(value)
  }

  /** A set of values; absent ones are left out. */
  values(values: Values): void {
    const keys = Object.keys(values)
    let count = keys.length
    for (const key of keys) if (values[key] === undefined) count--
    this.#count(1)
    this.map(count)
    for (const key of keys) {
      const value = values[key]
      if (value === undefined) continue
      this.#path.push(key)
      this.#text(key)
      this.#value(value)
      this.#path.pop()
    }
  }

  /** A value under a name, which errors in it will tell. */
  named(name: string, value: unknown): void {
    this.#path.push(name)
    this.#value(value)
    this.#path.pop()
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        this.#count(1)
        return this.number(value)
      case 'string':
        return this.#text(value)
      case 'boolean':
        this.#count(1)
        return this.byte(value ? 0xc3 : 0xc2)
      case 'bigint':
        if (value < -(2n ** 63n) || value >= 2n ** 64n) throw this.#refusal('an integer of more than 64 bits')
        this.#count(1)
        return this.bigInteger(value)
      case 'object':
        return this.#object(value)
      default:
        throw this.#refusal(describe(value))
    }
  }

  #object(value: object | null): void {
    if (value !== null && !isWhole(value)) return this.#container(value)
    this.#count(1)
    if (value === null) this.nil()
    else if (ArrayBuffer.isView(value)) this.#view(value)
    else this.#audio(value as AudioBuffer)
  }

  #text(value: string): void {
    this.#count(1)
    if (this.shortText(value)) return
    if (value.length > LIMITS.value_bytes) throw this.#tooLong()
    if (/\p{Surrogate}/u.test(value)) throw this.#refusal('text with half of a surrogate pair')
    this.text(value)
  }

  #view(view: ArrayBufferView): void {
    const code = codeOfArray(view)
    if (code === 0) throw this.#refusal(describe(view))
    if (view.byteLength > LIMITS.value_bytes) throw this.#tooLong()
    if (view instanceof Uint8Array) this.binary(view)
    else this.ext(code, bytesOf(view))
  }

  #audio({ samples, sampleRate, channels }: AudioBuffer): void {
    if (!Number.isInteger(sampleRate)) throw this.#refusal(`audio of ${sampleRate} Hz, which is no whole number,`)
    this.ext(EXT_AUDIO, bytesOf(samples), audioHeader(sampleRate, channels))
  }

  #container(value: object): void {
    if (this.#open.includes(value)) throw this.#refusal('a value that contains itself')
    if (DEPTH_OF_VALUES + this.#path.length > LIMITS.msgpack_depth)
      throw new LimitExceededError(`${this.#key}: nested deeper than ${LIMITS.msgpack_depth}`, {
        limit: 'msgpack_depth',
      })
    this.#open.push(value)
    if (Array.isArray(value)) this.#list(value)
    else this.#record(value)
    this.#open.pop()
  }

  #list(list: readonly unknown[]): void {
    this.#count(1)
    this.list(list.length)
    const depth = this.#path.length
    for (let index = 0; index < list.length; index++) {
      this.#path[depth] = index
      this.#value(list[index])
    }
    this.#path.length = depth
  }

  #record(value: object): void {
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) throw this.#refusal(describe(value))
    if (isTensor(value)) this.#tensor(value)
    else this.values(value as Values)
  }

  #tensor({ data, shape }: Tensor): void {
    const code = codeOfArray(data)
    const { length } = data as Uint8Array
    const fits = shape.length <= 255 && shape.every((size) => size >>> 0 === size)
    if (code === 0 || !fits || shape.reduce((product, size) => product * size, 1) !== length)
      throw this.#refusal(`a tensor of shape ${shape.join('×')} with ${length} items`)
    this.#count(1)
    this.ext(EXT_NDARRAY, bytesOf(data), ndarrayHeader(code, shape))
  }

  #count(items: number): void {
    this.items += items
    if (this.items <= LIMITS.msgpack_items) return
    throw new LimitExceededError(`${this.#key}: more than ${LIMITS.msgpack_items} values`, {
      limit: 'msgpack_items',
      fix: 'give numbers as a typed array, or smaller values',
    })
  }

  #forget(): void {
    this.#path.length = 0
    this.#open.length = 0
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

/** Whether it is written in one piece, not value by value. */
const isWhole = (value: object) => ArrayBuffer.isView(value) || value instanceof AudioBuffer

type Tensor = { readonly data: ArrayBufferView; readonly shape: readonly number[] }

function isTensor(record: object): record is Tensor {
  const { data, shape } = record as Partial<Tensor>
  return ArrayBuffer.isView(data) && Array.isArray(shape) && Object.keys(record).length === 2
}
