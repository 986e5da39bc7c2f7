import type { LeasedFrame } from './frame-pool.ts'

interface Watched {
  readonly handle: number
  readonly stack: string
  buffers: number
}

/**
 * For development: where each frame was acquired, and a warning when its last buffer in this thread was collected while
 * this thread still has a lease of it. It frees nothing: a lease may have gone on as a handle.
 */
export class LeakWatch {
  readonly #byHandle = new Map<number, Watched>()
  readonly #registry: FinalizationRegistry<Watched>

  /** `leasedHere` gives the frame where this thread still has a lease of that generation. */
  constructor(leasedHere: (handle: number) => LeasedFrame | null, onLeak: (leak: LeasedFrame) => void) {
    this.#registry = new FinalizationRegistry((watched) => {
      watched.buffers -= 1
      if (watched.buffers > 0) return
      if (this.#byHandle.get(watched.handle) === watched) this.#byHandle.delete(watched.handle)
      const leak = leasedHere(watched.handle)
      if (leak !== null) onLeak({ ...leak, stack: watched.stack })
    })
  }

  /** A buffer over this frame was made. */
  watch(buffer: object, handle: number): void {
    let watched = this.#byHandle.get(handle)
    if (watched === undefined) {
      watched = { handle, stack: new Error('acquired here').stack ?? '', buffers: 0 }
      this.#byHandle.set(handle, watched)
    }
    watched.buffers += 1
    this.#registry.register(buffer, watched)
  }

  stackOf(handle: number): string | undefined {
    return this.#byHandle.get(handle)?.stack
  }
}

/** What is done about a leak where nobody asked for it. */
export function warnOfLeak(leak: LeasedFrame): void {
  process.emitWarning(
    `frame ${leak.handle}${leak.by ? ` of ${leak.by}` : ''} was collected with ${leak.refs === 'writer' ? 'its writer' : `${leak.refs} readers`} left: release it. It was made at\n${leak.stack}`,
    { code: 'ANB_FRAME_LEAK' },
  )
}
