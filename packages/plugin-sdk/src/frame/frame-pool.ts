import type { AudioBuffer } from '../audio-buffer.ts'
import type { SlabDescription } from './slab.ts'

/** Counters of a pool in this thread. `quarantined` is of the whole pool, as this thread last counted it. */
export interface FrameMetrics {
  /** Frames that got a slot. */
  frames_pooled: number
  /** Frames that got memory of their own, because the pool was full. */
  frames_unpooled: number
  /** By `own` and `writable`. */
  bytes_copied: number
  /** Leases given back that were not held. */
  double_released: number
  /** Any other use of a frame after its lease had ended, or of another pool's. */
  stale: number
  /** Slots held by threads that ended and may still be written to. */
  quarantined: number
}

/** Where an AudioBuffer lies in a pool. */
export interface Frame {
  readonly pool: FramePool
  /** slot + generation · 2^20. What other threads and native code are given. */
  readonly handle: number
  readonly slab: number
  /** Of the slot in its slab's `data`. A slice has its samples further on. */
  readonly byteOffset: number
}

/** One leased slot of a report. */
export interface LeasedFrame {
  readonly handle: number
  readonly slab: number
  /** Of the slot. */
  readonly bytes: number
  /** 'writer', or how many readers. */
  readonly refs: 'writer' | number
  /** Leases by holder. Empty only while a lease is on its way from one holder to another. */
  readonly holders: Readonly<Record<number, number>>
  /** What was said at `acquire` or `audio`, if that was in this thread and of this generation. */
  readonly by?: string
  /** Where in the code it was acquired, with `trace`. */
  readonly stack?: string
}

/** Counted over the slabs that this thread knows. */
export interface FrameReport {
  readonly slots: number
  /** Of all slabs. */
  readonly bytes: number
  readonly free: number
  readonly leased: readonly LeasedFrame[]
  readonly quarantined: number
  /** Frames that got a slot so far, and those that did not, in this thread. */
  readonly pooled: number
  readonly unpooled: number
  readonly double_released: number
  readonly stale: number
}

/** What a thread is told of a pool. By structured clone, to one thread alone: it carries that thread's holder number. */
export interface PoolDescription {
  readonly holder: number
  readonly head: SharedArrayBuffer
  readonly slabs: readonly SlabDescription[]
}

export interface FramePoolOptions {
  /** Of all slabs together, from 2048; the default is the limit `pool_bytes`. */
  readonly bytes?: number
  /** What every slot's generation starts at, below 2^20. The default differs from pool to pool, so that a handle of another pool is told as such. */
  readonly startGeneration?: number
  /** Remembers where frames were acquired, and warns of those that were collected with leases left. Slow. */
  readonly trace?: boolean
  /** With `trace`: told instead of the process warning. */
  readonly onLeak?: (leak: LeasedFrame) => void
}

/**
 * Frames in shared memory, with leases. One thread makes the pool, others attach to it; each has an object like this one,
 * over the same slots. A slot has one writer or n readers; each lease belongs to the thread whose object took it, until
 * it is given back or given to another thread. Nothing waits: a full pool says so.
 *
 * Moves take a handle. What they throw changed nothing: StaleFrameError for a lease that has ended, a move that the
 * frame's state has not, or a handle that is none of this pool (counted as `stale`, or `double_released` for a release);
 * LimitExceededError above 4094 readers.
 */
export interface FramePool {
  /** The number of this thread among the pool's; 0 made it. */
  readonly holder: number
  /** Read them as they are; they go on counting. */
  readonly metrics: Readonly<FrameMetrics>

  /**
   * A slot of at least `bytes` for one writer, with whatever its last frame left in it; null where the pool is full or no
   * slot is that large. `by` is told in reports.
   */
  acquire(bytes: number, by?: string): number | null
  /** The writer becomes `readers` readers; 0 of them free it. */
  publish(handle: number, readers: number): void
  /** As many readers more, by default 1. It must be published; a lease of one's own is not needed. */
  retain(handle: number, readers?: number): void
  /** Gives leases back, by default 1: a reader's, or the writer's. */
  release(handle: number, leases?: number): void
  /** Whether this thread's reader is the only one and now is the writer. If not, copy. */
  tryUnique(handle: number): boolean
  /** Passes leases, by default 1, on to another holder: before the message that tells it the handle. @throws WorkerLostError where that holder has ended. */
  give(handle: number, holder: number, leases?: number): void

  /**
   * A zeroed buffer of `length` samples a channel over a slot, for one writer. Where the pool is full it is in shared
   * memory of its own, counted `frames_unpooled`. Throws as `sharedAudio` does.
   */
  audio(length: number, sampleRate: number, channels?: number, by?: string): AudioBuffer
  /** Counts audio that somebody else made in ordinary memory for want of a slot: a native node. */
  unpooled(frames: number): void
  /**
   * The audio in a frame that came as a handle: `length` samples a channel from `offset` bytes after the start of its
   * slot. The lease is the caller's already. @throws StaleFrameError, AudioFormatError, or LimitExceededError beyond the slot's end.
   */
  audioAt(handle: number, length: number, sampleRate: number, channels?: number, offset?: number): AudioBuffer
  /** The same audio in ordinary memory, which nobody gives back: a copy, counted in `bytes_copied`, where it is in a slot. */
  own(buffer: AudioBuffer): AudioBuffer
  /**
   * The same audio, to be written to: `buffer` itself where this lease is its only one, else a copy, counted in
   * `bytes_copied`, for which the lease of `buffer` is given back. Ordinary memory is always copied, since nobody knows who reads it.
   */
  writable(buffer: AudioBuffer): AudioBuffer

  /** What another thread attaches with. @throws LimitExceededError at the 65th holder. */
  share(): PoolDescription
  /** The slabs that this thread knows. */
  readonly slabs: readonly SlabDescription[]
  /** Calls `listener` with each slab that is made or added from now on, before there is a handle in it. Gives the end of it. */
  onSlab(listener: (slab: SlabDescription) => void): () => void
  /** Adds a slab that another thread made. One that is known already changes nothing. */
  addSlab(slab: SlabDescription): void
  /**
   * Gives back all leases of a holder whose thread **and** native tasks have ended; its number may be used again. Once no
   * other thread is attached, also those that nobody has: of threads that were ended between two steps of a move. Gives
   * how many.
   */
  reclaim(holder: number): number
  /** Keeps what a holder held, whose thread has ended and whose native tasks may not have, until `reclaim`. Gives how many slots. */
  quarantine(holder: number): number
  report(): FrameReport
  /** Calls `listener` at `close`. Gives the end of it. */
  onClose(listener: () => void): () => void
  /** Nobody uses it in this thread any more: what keeps its memory alive is told to let go. Its frames stay as they are. */
  close(): void
}
