import { AudioBuffer, InvalidInputsError, type PcmBuffer, type Value } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'

/** The audio or pcm under a key. @throws InvalidInputsError where it is neither. */
export function samplesOf(value: Value | undefined, key: string): AudioBuffer | PcmBuffer {
  if (value instanceof AudioBuffer || (typeof value === 'object' && value !== null && 'samples' in value))
    return value as PcmBuffer
  throw new InvalidInputsError(`input "${key}" is ${describe(value)}, not audio`, {
    key,
    fix: `connect an output of kind audio or pcm to "${key}"`,
  })
}
