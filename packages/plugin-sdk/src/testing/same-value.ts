import { isDeepStrictEqual } from 'node:util'
import { AudioBuffer } from '../audio-buffer.ts'
import type { Values } from '../values.ts'

/** How far two samples may lie apart: −120 dB of full scale, which rounding in f32 may reach. */
export const SAMPLE_TOLERANCE = 1e-6

/** Whether two values are the same for a test: audio within SAMPLE_TOLERANCE, everything else deeply equal. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (!(a instanceof AudioBuffer && b instanceof AudioBuffer)) return isDeepStrictEqual(a, b)
  return a.sampleRate === b.sampleRate && a.channels === b.channels && sameSamples(a.samples, b.samples)
}

export function sameSamples(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((sample, n) => closeTo(sample, b[n] as number))
}

function closeTo(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAMPLE_TOLERANCE || Object.is(a, b)
}

/** Two outputs of a node; a key that is `undefined` is absent. */
export function sameOutputs(a: Values, b: Values): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => sameValue(a[key], b[key]))
}

/** A copy of data that nobody else can change; what is an object of some other class stays itself. */
export function ownCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof AudioBuffer) return value.copy()
  if (ArrayBuffer.isView(value)) return value instanceof DataView ? value : (value as Uint8Array).slice()
  if (Array.isArray(value)) return value.map(ownCopy)
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype ? ownCopies(value as Values) : value
}

export function ownCopies(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, ownCopy(value) as Values[string]]))
}
