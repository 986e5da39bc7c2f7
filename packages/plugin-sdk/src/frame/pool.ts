import type { AudioBuffer } from '../audio-buffer.ts'
import { checkAudioFormat } from '../audio-format.ts'
import { FRAMES } from '../contract/frames.ts'
import { LimitExceededError, PluginError } from '../errors/classes.ts'
import { frameBytes, sharedAudio } from '../shared-audio.ts'
import { releaseAudio } from './audio-lease.ts'
import type { FrameMetrics, FramePool, FramePoolOptions, FrameReport, PoolDescription } from './frame-pool.ts'
import { generationOfHandle, handleFrom } from './handle.ts'
import { EXPECTED, Head, LIVE, QUARANTINED, UNUSED } from './head.ts'
import { LeakWatch, warnOfLeak } from './leak-watch.ts'
import { give, isWriter, publish, release, retain, takeBack, tryUnique } from './lease.ts'
import { freeOrphans } from './orphans.ts'
import { poolMemory } from './pool-memory.ts'
import { PooledAudio, pooledAudio } from './pooled-audio.ts'
import { countQuarantined, leasedFrame, leasesOf, reportOf } from './report.ts'
import { silence } from './silence.ts'
import { sizeClassOf } from './size-class.ts'
import type { SlabDescription } from './slab.ts'
import { SlabSupply } from './slab-supply.ts'
import type { Slot } from './slot.ts'
import { SlotTable, slotUnder } from './slot-table.ts'
import { generationOf } from './word.ts'

/** Makes a pool, whose first holder is this thread. Its memory is made as it is needed. */
export function createPool(options: FramePoolOptions = {}): FramePool {
  const { bytes, generation } = poolMemory(options)
  return new Pool(Head.make(bytes, generation), 0, options)
}

/**
 * The pool that `share` of another thread described.
 *
 * @throws PluginError where a thread has attached with this description already.
 */
export function attachPool(
  description: PoolDescription,
  options: Pick<FramePoolOptions, 'trace' | 'onLeak'> = {},
): FramePool {
  const head = new Head(description.head)
  if (!head.changeHolder(description.holder, EXPECTED, LIVE))
    throw new PluginError(`holder ${description.holder} of the frame pool is not free to attach`, {
      fix: 'call share() once for each thread',
    })
  const pool = new Pool(head, description.holder, options)
  for (const slab of description.slabs) pool.addSlab(slab)
  return pool
}

class Pool implements FramePool {
  readonly pool: FramePool = this
  readonly holder: number
  readonly metrics: FrameMetrics = {
    frames_pooled: 0,
    frames_unpooled: 0,
    bytes_copied: 0,
    double_released: 0,
    stale: 0,
    quarantined: 0,
  }
  readonly leaks: LeakWatch | null
  readonly #head: Head
  readonly #table: SlotTable
  readonly #supply: SlabSupply
  readonly #onClose = new Set<() => void>()

  constructor(head: Head, holder: number, { trace = false, onLeak = warnOfLeak }: FramePoolOptions) {
    this.#head = head
    this.holder = holder
    this.leaks = trace ? new LeakWatch((handle) => this.#leasedHere(handle), onLeak) : null
    this.#table = new SlotTable(this)
    this.#supply = new SlabSupply(this.#table, head, holder)
  }

  acquire(bytes: number, by = ''): number | null {
    const slot = this.#take(bytes, by)
    return slot === null ? null : handleFrom(slot.number, slot.byGeneration)
  }

  publish(handle: number, readers: number): void {
    publish(this.#table.slotOfHandle(handle), generationOfHandle(handle), readers)
  }

  retain(handle: number, readers = 1): void {
    retain(this.#table.slotOfHandle(handle), generationOfHandle(handle), readers)
  }

  release(handle: number, leases = 1): void {
    release(this.#table.slotOfHandle(handle), generationOfHandle(handle), leases)
  }

  tryUnique(handle: number): boolean {
    return tryUnique(this.#table.slotOfHandle(handle), generationOfHandle(handle))
  }

  give(handle: number, holder: number, leases = 1): void {
    const alive = () => {
      const state = this.#head.stateOf(holder)
      return state === LIVE || state === EXPECTED
    }
    give(this.#table.slotOfHandle(handle), generationOfHandle(handle), holder, leases, alive)
  }

  audio(length: number, sampleRate: number, channels = 1, by = ''): AudioBuffer {
    const bytes = frameBytes(length, channels)
    checkAudioFormat(length * channels, sampleRate, channels)
    const slot = this.#take(bytes, by)
    if (slot === null) {
      this.metrics.frames_unpooled += 1
      return sharedAudio(length, sampleRate, channels)
    }
    const view = slot.view(length * channels)
    silence(view)
    return pooledAudio(slot, slot.byGeneration, view, sampleRate, channels)
  }

  unpooled(frames: number): void {
    this.metrics.frames_unpooled += frames
  }

  audioAt(handle: number, length: number, sampleRate: number, channels = 1, offset = 0): AudioBuffer {
    const slot = this.#table.slotOfHandle(handle)
    const samples = length * channels
    checkAudioFormat(samples, sampleRate, channels)
    const bytes = samples * Float32Array.BYTES_PER_ELEMENT
    if (
      !(Number.isInteger(length) && length >= 0 && offset >= 0 && offset % 4 === 0 && offset + bytes <= slot.byteLength)
    )
      throw new LimitExceededError(`${bytes} bytes from ${offset} are not in a slot of ${slot.byteLength}`, {
        limit: 'audio_frame_bytes',
        fix: 'give the length and the offset that the sender has',
      })
    const whole = slot.view(offset / Float32Array.BYTES_PER_ELEMENT + samples)
    const view = offset === 0 ? whole : whole.subarray(offset / Float32Array.BYTES_PER_ELEMENT)
    const buffer = pooledAudio(slot, generationOfHandle(handle), view, sampleRate, channels)
    void buffer.samples
    return buffer
  }

  own(buffer: AudioBuffer): AudioBuffer {
    if (PooledAudio.slotOf(buffer) === null && slotUnder(buffer.samples) === null) return buffer
    return this.#counted(buffer.copy())
  }

  writable(buffer: AudioBuffer): AudioBuffer {
    const slot = PooledAudio.slotOf(buffer)
    if (slot !== null) {
      const generation = PooledAudio.generationOf(buffer)
      if (isWriter(slot, generation) || tryUnique(slot, generation)) return buffer
    }
    const copy = this.audio(buffer.length, buffer.sampleRate, buffer.channels, slot?.by)
    copy.samples.set(buffer.samples)
    releaseAudio(buffer)
    return this.#counted(copy)
  }

  share(): PoolDescription {
    const holder = this.#head.expectHolder()
    if (holder === -1)
      throw new LimitExceededError(`a frame pool has at most ${FRAMES.holders} threads`, {
        limit: 'holders',
        fix: 'reclaim the holders of threads that have ended',
      })
    return { holder, head: this.#head.memory, slabs: this.slabs }
  }

  get slabs(): readonly SlabDescription[] {
    return this.#table.slabs.flatMap((slab) => (slab === undefined ? [] : [slab.description]))
  }

  onClose(listener: () => void): () => void {
    this.#onClose.add(listener)
    return () => this.#onClose.delete(listener)
  }

  close(): void {
    const listeners = [...this.#onClose]
    this.#onClose.clear()
    for (const listener of listeners) listener()
  }

  onSlab(listener: (slab: SlabDescription) => void): () => void {
    return this.#supply.onSlab(listener)
  }

  addSlab(slab: SlabDescription): void {
    this.#supply.add(slab)
  }

  reclaim(holder: number): number {
    this.#checkEnded(holder)
    this.#end(holder)
    let leases = 0
    for (const slot of this.#table.all()) leases += takeBack(slot, holder)
    this.#head.changeHolder(holder, QUARANTINED, UNUSED)
    leases += freeOrphans(this.#table.all(), this.#head, this.holder)
    for (const slab of this.#table.slabs) slab?.sweep()
    this.metrics.quarantined = countQuarantined(this.#table, this.#head)
    return leases
  }

  quarantine(holder: number): number {
    this.#checkEnded(holder)
    this.#end(holder)
    this.metrics.quarantined = countQuarantined(this.#table, this.#head)
    let slots = 0
    for (const slot of this.#table.all()) if (leasesOf(slot, holder) > 0) slots += 1
    return slots
  }

  report(): FrameReport {
    return reportOf(this.#table, this.#head, this)
  }

  #take(bytes: number, by: string): Slot | null {
    const sizeClass = sizeClassOf(bytes)
    const slot = sizeClass === -1 ? null : this.#supply.take(sizeClass)
    if (slot === null) return null
    slot.by = by
    slot.byGeneration = generationOf(slot.words[slot.at] as number)
    this.metrics.frames_pooled += 1
    return slot
  }

  #counted(copy: AudioBuffer): AudioBuffer {
    this.metrics.bytes_copied += copy.samples.byteLength
    return copy
  }

  #leasedHere(handle: number) {
    const slot = this.#table.slotOfHandle(handle)
    const frame = leasedFrame(slot)
    return frame?.handle === handle && leasesOf(slot, this.holder) > 0 ? frame : null
  }

  /** From here on nobody gives it anything, and it cannot attach. */
  #end(holder: number): void {
    if (!this.#head.changeHolder(holder, LIVE, QUARANTINED)) this.#head.changeHolder(holder, EXPECTED, QUARANTINED)
  }

  #checkEnded(holder: number): void {
    if (holder !== this.holder && this.#head.stateOf(holder) !== UNUSED) return
    throw new PluginError(`holder ${holder} is ${holder === this.holder ? 'this thread' : 'none'} of the frame pool`, {
      fix: 'reclaim a holder that share() gave, once, after its thread has ended',
    })
  }
}
