import { AudioBuffer } from './audio-buffer.ts'
import { InvalidInputsError } from './errors/classes.ts'

/** What may flow on an edge: anything but `undefined`, which means absent. `null` is a value. */
export type Value = {} | null
/** A record from key to value; a key that is `undefined` is absent. */
export type Values = { readonly [key: string]: Value | undefined }

export type SampleArray = Float32Array | Float64Array | Int16Array | Int32Array | Uint8Array

/** Samples of another type or layout than those of an AudioBuffer; occurs only where audio enters or leaves. */
export interface PcmBuffer {
  readonly samples: SampleArray
  readonly sampleRate: number
  readonly channels: number
  /** `planar`: every sample of channel 0, then of channel 1. Default: interleaved. */
  readonly layout?: 'interleaved' | 'planar'
}

/** Numbers with a shape, row-major. */
export interface Tensor {
  readonly data: SampleArray
  readonly shape: readonly number[]
}

/** A record from key to value with the accessors of a hand-written `NodeExecutor`. `data` is the plain record itself. */
class KeyedValues {
  readonly data: Values

  constructor(data: Values = {}) {
    this.data = data
  }

  get(key: string): Value | undefined {
    return this.data[key]
  }

  insert(key: string, value: Value): this {
    ;(this.data as Record<string, Value>)[key] = value
    return this
  }

  /** The audio under `key`. @throws InvalidInputsError naming the key where it is missing or no audio. */
  getAudioBuffer(key: string): AudioBuffer {
    const value = this.data[key]
    if (value instanceof AudioBuffer) return value
    throw new InvalidInputsError(
      value === undefined
        ? `there is no input "${key}"; present: ${Object.keys(this.data).join(', ') || 'none'}`
        : `input "${key}" is ${describe(value)}, not audio`,
      { key, fix: `connect an output of kind audio to "${key}"` },
    )
  }
}

/** What a node takes in one call. */
export class NodeInputs extends KeyedValues {}

/** What a node gives in one emission. */
export class NodeOutputs extends KeyedValues {
  static fromAudioBuffer(key: string, buffer: AudioBuffer): NodeOutputs {
    return new NodeOutputs({ [key]: buffer })
  }
}

/** A value in two words, for error texts. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (typeof value !== 'object') return `a ${typeof value}`
  const name = value.constructor?.name
  if (name === undefined || name === 'Object') return 'a plain object'
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`
}
