import { AudioFormatError, InvalidInputsError, type PcmBuffer } from '@anabranch/plugin-sdk'
import { describe, LIMITS } from '@anabranch/plugin-sdk/host'
import { dtypeOf } from './sample-arrays.ts'

/** Refuses samples that cannot be: what could have changed since a buffer was made, and what its class lets pass. Rust checks again. */
export function checkSamples({ samples, sampleRate, channels }: PcmBuffer, key: string): void {
  if (dtypeOf(samples) < 0)
    throw new InvalidInputsError(`input "${key}": its samples are ${describe(samples)}`, {
      key,
      fix: 'give a Uint8Array, Int16Array, Int32Array, Float32Array or Float64Array',
    })
  const possible = Number.isInteger(sampleRate) && Number.isInteger(channels) && channels <= LIMITS.channels_max
  if (!possible || samples.length % channels !== 0)
    throw new AudioFormatError(
      `input "${key}": ${samples.length} samples, ${sampleRate} Hz, ${channels} channels do not fit together`,
      { received: { sampleRate, channels }, fix: 'make a new buffer instead of changing one' },
    )
  if (samples.length === 0 && isDetached(samples))
    throw new InvalidInputsError(`input "${key}": its memory was transferred to another thread`, {
      key,
      fix: 'give samples over a SharedArrayBuffer, or a copy',
    })
}

/** A view whose memory was transferred has length 0, as an empty one has; only making a view of it tells them apart. */
function isDetached({ buffer }: ArrayBufferView): boolean {
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}
