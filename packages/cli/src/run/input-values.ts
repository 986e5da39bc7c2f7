import type { Value } from '@anabranch/plugin-sdk'
import { linesOf, type PlannedPort, parsedLine } from '@anabranch/runtime'
import { type ReadAudioOptions, readAudio, type StreamFormat } from '../audio/read-audio.ts'
import { F32, S16 } from '../audio/sample-format.ts'
import { usageError } from '../usage-error.ts'
import type { End } from './end-named.ts'
import type { RunOptions, StreamFormatName } from './run-options.ts'

/** How an input is read. */
export interface InputForm {
  readonly format: StreamFormatName | 'raw or wav'
  values(chunks: AsyncIterable<Uint8Array>, onFormat: ReadAudioOptions['onFormat']): AsyncIterable<Value>
}

/** How the bytes of an end become values of its kind. @throws a usage error where they cannot. */
export function inputForm({ key, path }: End, port: PlannedPort, options: RunOptions): InputForm {
  const name = path === '-' ? 'stdin' : path
  const format = options.inputFormat ?? formatOf(path, port.kind)
  const audio = format === 'raw or wav' || format === 'wav' || format === 'f32le' || format === 's16le'
  const fits =
    port.kind === 'anything' ||
    (port.kind === 'audio'
      ? audio
      : port.kind === 'bytes'
        ? format === 'bytes'
        : format === 'lines' || format === 'json')
  if (!fits)
    throw usageError(
      `-i ${key}=${path}: ${format} is no form of ${port.kind}`,
      port.kind === 'audio'
        ? 'audio is f32le, s16le or wav; other files are read by an AudioFileSource'
        : 'leave --input-format out',
    )
  if (audio) {
    const raw = () => rawFormat(format, key, port, options)
    const as = format === 'wav' ? format : format === 'raw or wav' ? raw : raw()
    return { format, values: (chunks, onFormat) => readAudio(chunks, { name, as, ...(onFormat && { onFormat }) }) }
  }
  if (format === 'bytes') return { format, values: (chunks) => chunks }
  return { format, values: (chunks) => lineValues(chunks, name, format === 'json') }
}

function formatOf(path: string, kind: string): InputForm['format'] {
  if (kind === 'audio') return path.toLowerCase().endsWith('.wav') ? 'wav' : 'raw or wav'
  return kind === 'bytes' ? 'bytes' : kind === 'text' ? 'lines' : 'json'
}

function rawFormat(
  format: InputForm['format'],
  key: string,
  { format: known }: PlannedPort,
  options: RunOptions,
): StreamFormat {
  const [first, ...others] = [known.sampleRate ?? []].flat()
  const sampleRate = options.rate ?? (others.length === 0 ? first : undefined)
  if (sampleRate === undefined)
    throw usageError(
      `the sample rate of raw audio for "${key}" is not known`,
      'give --rate HZ, or say it under inputs in the pipeline',
    )
  return { ...(format === 's16le' ? S16 : F32), sampleRate, channels: options.channels ?? known.channels ?? 1 }
}

async function* lineValues(chunks: AsyncIterable<Uint8Array>, name: string, json: boolean): AsyncGenerator<Value> {
  let number = 0
  for await (const line of linesOf(chunks, name)) {
    number++
    if (!json) yield line
    else if (line.trim() !== '') yield parsedLine(line, name, number)
  }
}
