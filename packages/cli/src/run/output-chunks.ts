import { AudioBuffer, InvalidInputsError } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'
import { jsonLine } from '@anabranch/runtime'
import { encodeSamples, F32, S16, type SampleFormat } from '../audio/sample-format.ts'
import { makeWavHeader } from '../audio/wav-header.ts'
import type { StreamFormatName } from './run-options.ts'

/** Makes bytes of the values of one output. */
export interface Encoder {
  chunk(value: unknown): Uint8Array | string
  /** What stands at the beginning in the end, where the whole is known by then: for files. */
  head?(bytes: number): Uint8Array | null
}

/** How the sound that came in lay in its bytes: what goes out to a pipe is as what came in. */
export interface SoundSeen {
  readonly format: 'f32le' | 's16le' | 'wav'
  readonly samples: SampleFormat
}

/**
 * @param format the one that was asked for; undefined for the one that fits the path, else the first value
 * @param key what errors name, `node.key`
 * @param seen asked with the first value
 */
export function encoder(
  format: StreamFormatName | undefined,
  key: string,
  path: string,
  seen: () => SoundSeen | null,
): Encoder {
  let inner: Encoder | null = null
  return {
    chunk(value) {
      const sound = seen()
      const wide = sound !== null && (sound.samples.float || sound.samples.bytes > 2)
      inner ??= encoderAs(format ?? formatFor(path, value, sound), key, wide ? F32 : S16)
      return inner.chunk(value)
    },
    head: (bytes) => inner?.head?.(bytes) ?? null,
  }
}

/** By the ending of a file; for others by what comes. */
function formatFor(path: string, value: unknown, sound: SoundSeen | null): StreamFormatName {
  if (value instanceof AudioBuffer) return path.toLowerCase().endsWith('.wav') ? 'wav' : (sound?.format ?? 'f32le')
  if (value instanceof Uint8Array) return 'bytes'
  return isLine(value) ? 'lines' : 'json'
}

function encoderAs(format: StreamFormatName, key: string, wavAs: SampleFormat): Encoder {
  const refuse = (value: unknown, wanted: string): never => {
    throw new InvalidInputsError(`${key} gave ${describe(value)}, which is no ${wanted}`, {
      key,
      fix: 'choose another --output-format, or another output',
    })
  }
  const audio = (value: unknown) => (value instanceof AudioBuffer ? value : refuse(value, 'audio'))
  switch (format) {
    case 'f32le':
    case 's16le': {
      const as = format === 's16le' ? S16 : F32
      return { chunk: (value) => encodeSamples(audio(value).samples, as) }
    }
    case 'wav':
      return wavEncoder(wavAs, audio, key)
    case 'json':
      return { chunk: jsonLine }
    case 'bytes':
      return { chunk: (value) => (value instanceof Uint8Array ? value : refuse(value, 'bytes')) }
    case 'lines':
      return { chunk: (value) => (isLine(value) ? `${value}\n` : refuse(value, 'text')) }
  }
}

export const isLine = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

function wavEncoder(as: SampleFormat, audio: (value: unknown) => AudioBuffer, key: string): Encoder {
  let form: AudioBuffer | null = null
  return {
    chunk(value) {
      const buffer = audio(value)
      const bytes = encodeSamples(buffer.samples, as)
      if (form === null) {
        form = buffer
        return Buffer.concat([makeWavHeader(buffer, as, null), bytes])
      }
      if (buffer.sampleRate !== form.sampleRate || buffer.channels !== form.channels)
        throw new InvalidInputsError(`${key} changed to ${buffer.sampleRate} Hz, ${buffer.channels} channels`, {
          key,
          fix: 'a wav file has one rate: put an AudioResampleNode before it',
        })
      return bytes
    },
    head: (bytes) => (form === null ? null : makeWavHeader(form, as, bytes - 44)),
  }
}
