import type { AudioBuffer } from '../audio-buffer.ts'
import { isHandedOn } from './handed-on-audio.ts'
import { isWriter, publish, release, retain, staleRead } from './lease.ts'
import { PooledAudio, pooledAudio } from './pooled-audio.ts'
import { slotUnder } from './slot-table.ts'
import { generationOf, refsOf } from './word.ts'

/*
 * What a host does with audio that may lie in a pool or not: in ordinary memory there is nothing to do, and the answer is
 * false. Each throws as the move of FramePool does.
 */

/**
 * A buffer that was being written has one reader now: its lease is the caller's, as the writer's was. One that is published
 * stays as it is.
 */
export function publishAudio(buffer: AudioBuffer): boolean {
  const slot = PooledAudio.slotOf(buffer)
  if (slot === null) return false
  const generation = PooledAudio.generationOf(buffer)
  if (isWriter(slot, generation)) publish(slot, generation, 1)
  else if (generationOf(Atomics.load(slot.words, slot.at)) !== generation) throw staleRead(slot, generation)
  return true
}

/** Whether it has not been published yet, and this thread may write to it. */
export function isBeingWritten(buffer: AudioBuffer): boolean {
  const slot = PooledAudio.slotOf(buffer)
  return slot !== null && isWriter(slot, PooledAudio.generationOf(buffer))
}

export function retainAudio(buffer: AudioBuffer, readers = 1): boolean {
  const slot = PooledAudio.slotOf(buffer)
  if (slot === null) return false
  retain(slot, PooledAudio.generationOf(buffer), readers)
  return true
}

export function releaseAudio(buffer: AudioBuffer, leases = 1): boolean {
  const slot = PooledAudio.slotOf(buffer)
  if (slot === null) return false
  release(slot, PooledAudio.generationOf(buffer), leases)
  return true
}

/**
 * The buffer as one that knows its frame. A node may wrap samples of an input anew (`new AudioBuffer(input.samples, …)`);
 * that is an ordinary buffer by its looks, and its frame would be freed under it. To be asked while the frame is leased:
 * the generation is that of now. Ordinary memory is given back as it is.
 *
 * @throws StaleFrameError where the frame is free.
 */
export function adoptAudio(buffer: AudioBuffer): AudioBuffer {
  if (PooledAudio.slotOf(buffer) !== null || isHandedOn(buffer)) return buffer
  const { samples, sampleRate, channels } = buffer
  const slot = slotUnder(samples)
  if (slot === null) return buffer
  const word = Atomics.load(slot.words, slot.at)
  if (refsOf(word) === 0) throw staleRead(slot, generationOf(word))
  return pooledAudio(slot, generationOf(word), samples, sampleRate, channels)
}
