import { readFileSync } from 'node:fs'
import { AudioBuffer, type Value, type Values } from '@anabranch/plugin-sdk'
import { KIND, type Message } from '#src/wire/packet.js'

interface Packed {
  readonly kind: keyof typeof KIND
  readonly rest: { readonly meta: unknown } | null
  readonly values: unknown
}
export interface Vectors {
  readonly accepted: readonly { readonly name: string; readonly message: unknown; readonly hex: string }[]
  readonly refused: readonly {
    readonly name: string
    readonly hex?: string
    readonly prefix?: string
    readonly repeat?: string
    readonly times?: number
    readonly code: string
  }[]
}

const FILE = new URL('../../../plugin-sdk/contract/vectors/wire-v1.json', import.meta.url)

export const readVectors = (): Vectors => JSON.parse(readFileSync(FILE, 'utf8')) as Vectors

export const bytesOf = ({ hex, prefix = '', repeat = '', times = 0 }: Vectors['refused'][number]): Uint8Array =>
  Buffer.from(hex ?? prefix + repeat.repeat(times), 'hex')

/** The message that a vector describes. */
export function messageOf(described: unknown): Message {
  const { packets, ...head } = described as { packets: Packed[] } & Omit<Message, 'packets'>
  return {
    ...head,
    packets: packets.map((packet) => ({
      ...(packet as unknown as Message['packets'][number]),
      kind: KIND[packet.kind],
      rest: packet.rest === null ? null : ({ ...packet.rest, meta: valueFrom(packet.rest.meta) } as never),
      values: valueFrom(packet.values) as Values,
    })),
  }
}

const ARRAYS = {
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
}

/** `{"$f32": [...]}` and the like stand for what JSON cannot say. */
function valueFrom(given: unknown): Value {
  if (Array.isArray(given)) return given.map(valueFrom)
  if (typeof given !== 'object' || given === null) return given as Value
  const [[tag, content] = ['', undefined]] = Object.entries(given) as [string, unknown][]
  const array = (type: string, items: number[]) => ARRAYS[type as keyof typeof ARRAYS].from(items)
  if (tag === '$bin') return new Uint8Array(Buffer.from(content as string, 'hex'))
  if (tag === '$int') return BigInt(content as string)
  if (tag === '$audio') {
    const { samples, sampleRate, channels } = content as { samples: number[]; sampleRate: number; channels: number }
    return new AudioBuffer(Float32Array.from(samples), sampleRate, channels)
  }
  if (tag === '$tensor') {
    const { type, shape, items } = content as { type: string; shape: number[]; items: number[] }
    return { data: array(type, items), shape }
  }
  if (tag.startsWith('$')) return array(tag.slice(1), content as number[])
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, valueFrom(value)]))
}
