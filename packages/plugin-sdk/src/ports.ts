import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { AudioBuffer } from './audio-buffer.ts'
import type { Format } from './format.ts'
import type { PcmBuffer, Tensor } from './values.ts'

export type PortMode = 'required' | 'optional' | 'control'

/** One value that enters or leaves a node under a key: its kind, and whether it must be there. */
export interface Port<Kind extends string = string, T = unknown, M extends PortMode = PortMode> {
  readonly kind: Kind
  readonly mode: M
  readonly format?: Format
  /** The value a control input has before the first item. */
  readonly initial?: T
  /** What `json(schema)` was given: for tools, values are not parsed on the way. */
  readonly schema?: Schema
  /** Only for the compiler. */
  readonly '~value'?: T
  with(format: Format): Port<Kind, T, M>
  /** May stay unconnected; its key is then there, and `undefined`. */
  optional(): Port<Kind, T, 'optional'>
  /** Holds its last value and never triggers execute. */
  control(initial: T): Port<Kind, T, 'control'>
}

/** A port as it is first named: required, and usable as an output. */
export interface Plain<Kind extends string = string, T = unknown> extends Port<Kind, T, 'required'> {
  with(format: Format): Plain<Kind, T>
}

export type Inputs = { readonly [key: string]: Port }
export type Outputs = { readonly [key: string]: Plain }

function port<Kind extends string, T, M extends PortMode>(
  kind: Kind,
  mode: M,
  extra: { format?: Format; initial?: T; schema?: Schema },
): Port<Kind, T, M> {
  return {
    kind,
    mode,
    ...extra,
    with: (format) => port(kind, mode, { ...extra, format: { ...extra.format, ...format } }),
    optional: () => port<Kind, T, 'optional'>(kind, 'optional', extra),
    control: (initial) => port<Kind, T, 'control'>(kind, 'control', { ...extra, initial }),
  }
}

/** A third party's own kind: `kind<Pose>()('acme/pose')`. */
export function kind<T>(): <const K extends string>(name: K) => Plain<K, T> {
  return <const K extends string>(name: K) => port<K, T, 'required'>(name, 'required', {}) as Plain<K, T>
}

/** f32 interleaved samples: `AudioBuffer`. */
export const audio: Plain<'audio', AudioBuffer> = kind<AudioBuffer>()('audio')
/** Samples of another type, only where audio enters or leaves: `PcmBuffer`. */
export const pcm: Plain<'pcm', PcmBuffer> = kind<PcmBuffer>()('pcm')
/** A string. */
export const text: Plain<'text', string> = kind<string>()('text')
/** A number. */
export const number: Plain<'number', number> = kind<number>()('number')
/** Bytes without a meaning of their own. */
export const bytes: Plain<'bytes', Uint8Array> = kind<Uint8Array>()('bytes')
/** Numbers with a shape. */
export const tensor: Plain<'tensor', Tensor> = kind<Tensor>()('tensor')
/** Fits every kind. */
// biome-ignore lint/suspicious/noExplicitAny: its kind must fit every other kind in both directions
export const anything: Plain<any, unknown> = kind<unknown>()('anything')

/** Plain data of the shape that `schema` describes; the schema is for the compiler and for tools, values are not parsed on the way. */
export function json<T>(schema: Schema<unknown, T>): Plain<'json', T> {
  return port<'json', T, 'required'>('json', 'required', { schema }) as Plain<'json', T>
}

// biome-ignore-start lint/suspicious/noExplicitAny: inference positions
export type ValueOf<P> = P extends Port<any, infer T, any> ? T : never

/** The record that execute receives: a required or control key has a value, an optional one may be `undefined`. */
export type InputsOf<I> = I extends infer P
  ? {
      readonly [K in keyof P]: P[K] extends Port<any, infer T, infer M>
        ? M extends 'optional'
          ? T | undefined
          : T
        : never
    }
  : never

/** A key left out, or `undefined`, emits nothing on that output. Prefer `undefined`: the object keeps one shape. */
export type OutputsOf<O> = O extends infer P ? { readonly [K in keyof P]?: ValueOf<P[K]> | undefined } : never

export type RequiredKeys<P> = { [K in keyof P]: P[K] extends Port<any, any, 'required'> ? K : never }[keyof P]
// biome-ignore-end lint/suspicious/noExplicitAny: inference positions
