import { AudioBuffer } from '@anabranch/plugin-sdk'
import { adoptAudio, type FramePool, publishAudio } from '@anabranch/plugin-sdk/host'
import type { InputRecord } from './record-maker.ts'

/**
 * Readies what a port gives for its readers; null where the node has no frames. Frames go out of outputs of kind audio
 * alone: other keys get copies, told to `copied`.
 */
export function sharing(
  pool: FramePool | null,
  frames: boolean,
  copied: (bytes: number) => void,
): ((value: unknown) => unknown) | null {
  if (pool === null) return null
  if (frames) return shareFrame
  return (value) => {
    if (!(value instanceof AudioBuffer)) return value
    const own = pool.own(value)
    if (own !== value) copied(own.samples.byteLength)
    return own
  }
}

/** A frame that was being written is published, with the lease of its call; one that is wrapped anew is known again. */
function shareFrame(value: unknown): unknown {
  if (!(value instanceof AudioBuffer)) return value
  const buffer = adoptAudio(value)
  publishAudio(buffer)
  return buffer
}

/** Inputs that outlive their call: out of frames, which are given back. */
export function ownedInputs(inputs: InputRecord, pool: FramePool | null): InputRecord {
  if (pool === null) return inputs
  const owned = Object.entries(inputs).map(([key, value]) => [
    key,
    value instanceof AudioBuffer ? pool.own(value) : value,
  ])
  return Object.fromEntries(owned)
}
