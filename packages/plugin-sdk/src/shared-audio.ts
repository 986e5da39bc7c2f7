import { AudioBuffer } from './audio-buffer.ts'
import { LIMITS } from './contract/limits.ts'
import { LimitExceededError } from './errors/classes.ts'

/**
 * A zeroed buffer of `length` samples a channel in shared memory, so that native nodes and other threads read and
 * write it without a copy.
 *
 * @throws LimitExceededError above `audio_frame_bytes`, AudioFormatError for a rate or channel count out of range.
 */
export function sharedAudio(length: number, sampleRate: number, channels = 1): AudioBuffer {
  return new AudioBuffer(new Float32Array(new SharedArrayBuffer(frameBytes(length, channels))), sampleRate, channels)
}

/** The bytes of such a frame. @throws LimitExceededError as `sharedAudio`. */
export function frameBytes(length: number, channels: number): number {
  const bytes = length * channels * Float32Array.BYTES_PER_ELEMENT
  if (!Number.isInteger(length) || length < 0 || !(bytes <= LIMITS.audio_frame_bytes))
    throw new LimitExceededError(`an audio frame of ${length} samples × ${channels} channels`, {
      limit: 'audio_frame_bytes',
      fix: `keep a frame at or below ${LIMITS.audio_frame_bytes} bytes: work in chunks`,
    })
  return bytes
}
