import type { Addon } from './addon.ts'
import type { AddonDoors } from './addon-doors.ts'
import { VERB } from './call-block.ts'

/**
 * The calls of this thread's nodes that are made on threads of the pool of Node.js. Those of one node wait in line there,
 * so that its thread goes on with the next without asking; what several gave is collected in one go.
 */
class ThreadCalls {
  readonly #doors: AddonDoors
  readonly #over = new Map<number, () => void>()

  constructor(doors: AddonDoors) {
    this.#doors = doors
    doors.wakeBy(() => this.collect())
  }

  /** Puts the call that the block names in line. `over` is called once, with what it gave in the block; it must not throw. */
  add(handle: number, over: () => void): void {
    this.#over.set(this.#doors.enqueue(handle, VERB.execute), over)
    this.serve(handle)
  }

  /** Asks for a thread for the line of a node, if it needs one. */
  serve(handle: number): void {
    this.#doors.serve(handle)?.then(() => {
      this.collect()
      this.serve(handle)
    })
  }

  /** The node has given all of a set: the sets behind it go on. */
  goOn(handle: number): void {
    this.#doors.goOn(handle)
    this.serve(handle)
  }

  /** Does something with a node between two of its calls; false where one is at work: then it is asked again when that is over. */
  between(handle: number, act: () => void): boolean {
    if (!this.#doors.hold(handle)) return false
    try {
      act()
    } finally {
      this.serve(handle)
    }
    return true
  }

  /** Takes out of line what has not begun. */
  cancel(handle: number): void {
    this.#doors.cancel(handle)
  }

  collect(): void {
    for (let ticket = this.#doors.collect(); ticket !== 0; ticket = this.#doors.collect()) {
      const over = this.#over.get(ticket)
      this.#over.delete(ticket)
      over?.()
    }
  }
}

export type { ThreadCalls }

const CALLS = Symbol.for('anabranch.thread-calls')

/** Those of an addon in this thread: one, however many copies of this package load the addon. */
export function threadCalls({ shared }: Addon): ThreadCalls {
  const doors = shared as AddonDoors & { [CALLS]?: ThreadCalls }
  doors[CALLS] ??= new ThreadCalls(doors)
  return doors[CALLS]
}
