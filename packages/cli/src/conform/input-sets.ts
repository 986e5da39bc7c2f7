import type { AudioBuffer, NodeSpec, Port, Values } from '@anabranch/plugin-sdk'
import { speechAt } from '@anabranch/plugin-sdk/testing'
import { jsonSchemaOf } from '@anabranch/runtime'
import { exampleOf } from '../nodes/params-table.ts'

/** Audio of so long, in so many sets. */
export const FRAME_MS = 20
export const SETS = 12

const WORDS = 'the river leaves its bed and joins the stream again further down'.split(' ')

/** Input sets for a node that nobody said anything of: by the kinds of its keys; all of them different. */
export function inputSets(spec: NodeSpec, feed: readonly Readonly<Record<string, unknown>>[] = []): Values[] {
  const keys = Object.entries(spec.inputs ?? {}).filter(([, { mode }]) => mode !== 'control')
  if (keys.length === 0) return []
  const sounds = new Map(keys.filter(([, { kind }]) => kind === 'audio').map(([key, port]) => [key, soundFor(port)]))
  return Array.from({ length: feed.length || SETS }, (_, n) => {
    const made = keys.map(([key, port]) => {
      const sound = sounds.get(key)
      return [key, sound === undefined ? valueFor(port, n) : frameOf(sound, n)]
    })
    return { ...Object.fromEntries(made), ...feed[n] } as Values
  })
}

/** One second of speech in the format of a port. */
export function soundFor({ format }: Port, ms = 1000): AudioBuffer {
  return speechAt(ms, [format?.sampleRate ?? 16_000].flat()[0] ?? 16_000, format?.channels ?? 1)
}

function frameOf(sound: AudioBuffer, n: number): AudioBuffer {
  const length = Math.round((sound.sampleRate * FRAME_MS) / 1000)
  const at = (n * length) % (sound.length - length)
  return sound.slice(at, at + length)
}

function valueFor(port: Port, n: number): unknown {
  switch (port.kind as string) {
    case 'text':
      return `${WORDS[n % WORDS.length]} ${n}`
    case 'number':
      return n + 0.5
    case 'bytes':
      return Uint8Array.from({ length: 8 }, (_, at) => n + at)
    case 'tensor':
      return { data: Float32Array.from({ length: 4 }, (_, at) => n + at), shape: [4] }
    case 'pcm':
      return { samples: Int16Array.from({ length: 320 }, (_, at) => n * 100 + at), sampleRate: 16_000, channels: 1 }
    case 'json':
      return jsonFor(port, n)
    default:
      return { n }
  }
}

function jsonFor({ schema }: Port, n: number): unknown {
  const described = schema === undefined ? undefined : jsonSchemaOf(schema)
  return described === undefined || Object.keys(described).length === 0 ? { n } : exampleOf(described)
}
