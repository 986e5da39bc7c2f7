import type { Addon } from './addon.ts'
import type { Given } from './given.ts'
import { type ThreadCalls, threadCalls } from './thread-calls.ts'

/** The calls of one node on another thread: made in order, one at a time, and several may wait. */
export class NodeLine {
  /** Those that are not over. */
  length = 0
  readonly #addon: Addon
  #calls: ThreadCalls | null = null
  readonly #empty: (() => void)[] = []
  readonly #between: (() => void)[] = []

  constructor(addon: Addon) {
    this.#addon = addon
  }

  /** Puts the call that the block names in line; `read` is called when it is over, and gives what the call gave. */
  add(handle: number, read: () => Given): Promise<Given> {
    this.#calls ??= threadCalls(this.#addon)
    const calls = this.#calls
    return new Promise((resolve, reject) => {
      const over = () => {
        this.length--
        try {
          resolve(read())
        } catch (error) {
          reject(error)
        }
        for (const act of this.#between.splice(0)) act()
        if (this.length === 0) for (const told of this.#empty.splice(0)) told()
      }
      try {
        calls.add(handle, over)
        this.length++
      } catch (error) {
        reject(error)
      }
    })
  }

  /** The node has given all of a set, or nobody wants the rest: the calls behind it go on. */
  goOn(handle: number): void {
    this.#calls?.goOn(handle)
  }

  /** Does something with the node as soon as no call is at work, ahead of those that wait. */
  between(handle: number, act: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const now = () => {
        try {
          if (this.#calls?.between(handle, act) === false) this.#between.push(now)
          else resolve()
        } catch (error) {
          reject(error)
        }
      }
      now()
    })
  }

  /** Resolves when no call is in line; what has not begun fails. */
  async clear(handle: number): Promise<void> {
    this.#calls?.cancel(handle)
    this.#calls?.goOn(handle)
    if (this.length > 0) await new Promise<void>((told) => this.#empty.push(told))
  }
}
