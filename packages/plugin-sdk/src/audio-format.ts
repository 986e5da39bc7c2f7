import { LIMITS } from './contract/limits.ts'
import { AudioFormatError } from './errors/classes.ts'

/** @throws AudioFormatError for a rate or channel count out of range, or a length that is no multiple of the channels. */
export function checkAudioFormat(length: number, sampleRate: number, channels: number): void {
  if (!(sampleRate >= LIMITS.sample_rate_min && sampleRate <= LIMITS.sample_rate_max))
    throw formatError(
      `sample rate ${sampleRate} is not in ${LIMITS.sample_rate_min}–${LIMITS.sample_rate_max} Hz`,
      sampleRate,
      channels,
    )
  if (!Number.isInteger(channels) || channels < 1 || channels > LIMITS.channels_max)
    throw formatError(`${channels} channels is not in 1–${LIMITS.channels_max}`, sampleRate, channels)
  if (channels !== 1 && length % channels !== 0)
    throw formatError(`${length} samples do not divide into ${channels} channels`, sampleRate, channels)
}

export function formatError(message: string, sampleRate: number, channels: number): Error {
  return new AudioFormatError(message, { received: { sampleRate, channels } })
}
