import { AudioBuffer, MarshalingError } from '@anabranch/plugin-sdk'
import { adoptAudio, describe, type FramePool, frameOf, publishAudio } from '@anabranch/plugin-sdk/host'

type Path = readonly string[]

/** Audio on its way: the handle of a frame whose lease goes with it, or samples in memory of their own. */
export interface CarriedAudio {
  readonly path: Path
  readonly sampleRate: number
  readonly channels: number
  readonly handle?: number
  /** With a handle: samples a channel, and where they begin, in bytes from the start of the slot. */
  readonly length?: number
  readonly offset?: number
  readonly samples?: Float32Array
}

/** A record on its way to another thread: structured clone can do `record`, in which audio is left out. */
export interface Carried {
  readonly record: unknown
  readonly audio: readonly CarriedAudio[]
}

/** What stands where in a record. */
interface Found {
  readonly path: Path
  readonly value: unknown
}

const NONE: readonly CarriedAudio[] = []
const CLONED: readonly Function[] = [Date, RegExp, ArrayBuffer, SharedArrayBuffer]
const ERRORS: readonly Function[] = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]

/**
 * A record as it can be posted. Structured clone is silent about what it drops: classes lose their methods, and a view
 * takes all of its memory along. So classes are refused, views are cut, and audio goes by itself.
 *
 * @throws MarshalingError naming the node and the key.
 */
export function carry(record: unknown, nodeId: string, what: 'input' | 'output' | 'message'): Carried {
  if (typeof record !== 'object' || record === null) return { record: checked(record, nodeId, what), audio: NONE }
  const audio: Found[] = []
  const cut: Found[] = []
  const look = (value: unknown, path: Path, above: readonly object[]): void => {
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'function' || typeof value === 'symbol') throw refusal(value, path, nodeId, what)
    } else if (value instanceof AudioBuffer) audio.push({ path, value })
    else if (ArrayBuffer.isView(value)) {
      if (value.byteLength < value.buffer.byteLength) cut.push({ path, value: cutOut(value) })
    } else if (Array.isArray(value) || isPlain(value)) {
      if (above.includes(value)) return
      const below = [...above, value]
      const parts = value as Record<string, unknown>
      for (const key in parts) {
        const part = parts[key]
        // Most are: no path is made for them.
        if (typeof part === 'object' ? part !== null : typeof part === 'function' || typeof part === 'symbol')
          look(part, [...path, key], below)
      }
    } else if (value instanceof Map || value instanceof Set) {
      if (above.includes(value)) return
      const before = audio.length + cut.length
      for (const part of value instanceof Map ? [...value].flat() : value) look(part, path, [...above, value])
      if (audio.length + cut.length > before) throw refusal(value, path, nodeId, what, ' with audio or views in it')
    } else if (!CLONED.some((type) => value instanceof type) && !isPlainError(value))
      throw refusal(value, path, nodeId, what)
  }
  look(record, [], [])
  if (audio.length + cut.length === 0) return { record, audio: NONE }
  const left = audio.map(({ path }) => ({ path, value: null }))
  return { record: replaced(record, [...left, ...cut]), audio: audio.map(({ path, value }) => audioAt(path, value)) }
}

/** The record again; `audioOf` makes buffers of what was left out. */
export function received(carried: Carried, audioOf: (audio: CarriedAudio) => AudioBuffer): unknown {
  for (const audio of carried.audio) {
    let at = carried.record as Record<string, unknown>
    for (const step of audio.path.slice(0, -1)) at = at[step] as Record<string, unknown>
    at[audio.path.at(-1) as string] = audioOf(audio)
  }
  return carried.record
}

/** Carried audio as a buffer; the lease of a frame is the caller's. */
export function bufferOf(audio: CarriedAudio, pool: FramePool | null): AudioBuffer {
  const { samples, sampleRate, channels, handle, length = 0, offset } = audio
  if (handle === undefined) return new AudioBuffer(samples as Float32Array, sampleRate, channels)
  return (pool as FramePool).audioAt(handle, length, sampleRate, channels, offset)
}

/** The frames among it, each once for each lease. */
export function handlesIn(audio: readonly CarriedAudio[] = NONE): readonly number[] {
  return audio.flatMap(({ handle }) => (handle === undefined ? [] : [handle]))
}

/** A frame that was being written is published, with the lease of its call; one that is wrapped anew is known again. */
function audioAt(path: Path, value: unknown): CarriedAudio {
  const buffer = adoptAudio(value as AudioBuffer)
  publishAudio(buffer)
  const { samples, sampleRate, channels, length } = buffer
  const frame = frameOf(buffer)
  if (frame !== null)
    return { path, sampleRate, channels, length, handle: frame.handle, offset: samples.byteOffset - frame.byteOffset }
  const whole = samples.byteLength === samples.buffer.byteLength || samples.buffer instanceof SharedArrayBuffer
  return { path, sampleRate, channels, samples: whole ? samples : samples.slice() }
}

/** A copy of what leads to these places, with other values there. */
function replaced(record: unknown, places: readonly Found[]): unknown {
  const copies = new Map<object, Record<string, unknown>>()
  const copyOf = (value: object) => {
    const there = copies.get(value)
    if (there !== undefined) return there
    const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>
    copies.set(copy, copy)
    return copy
  }
  const root = copyOf(record as object)
  for (const { path, value } of places) {
    let at = root
    for (const step of path.slice(0, -1)) {
      const next = copyOf(at[step] as object)
      at[step] = next
      at = next
    }
    at[path.at(-1) as string] = value
  }
  return root
}

function cutOut(view: ArrayBufferView): unknown {
  if (view instanceof DataView)
    return new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
  // A Buffer's own slice shares.
  return (Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array).slice.call(view)
}

/** Also of another realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** An Error of the language's own classes: others lose what they are. */
function isPlainError(value: object): boolean {
  return value instanceof Error && ERRORS.includes(value.constructor)
}

function checked(value: unknown, nodeId: string, what: string): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw refusal(value, [], nodeId, what)
  return value
}

function refusal(value: unknown, path: Path, nodeId: string, what: string, more = ''): Error {
  const [key = '', ...rest] = path
  const where = rest.length > 0 ? ` at ${rest.join('.')}` : ''
  return new MarshalingError(
    `node "${nodeId}": its ${what}${key === '' ? '' : ` "${key}"`} has ${describe(value)}${more}${where}, which cannot go from one thread to another`,
    { key: String(key), nodeId, fix: 'give plain data, typed arrays or audio; or leave placement out' },
  )
}
