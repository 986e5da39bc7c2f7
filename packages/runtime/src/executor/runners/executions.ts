import { emissionForm } from '@anabranch/plugin-sdk/host'
import type { Engine } from '../engine.ts'
import type { EngineNode } from '../engine-node.ts'
import type { Work } from './work.ts'

/** The user code of a node that did not answer at once: promises that are waited for, iterables that are pulled. */
export class Executions {
  /** Those that have not ended, abandoned ones included. */
  running = 0
  readonly #engine: Engine
  readonly #node: EngineNode
  readonly #over: (work: Work) => void

  /** `over` is told when the code of an abandoned work has ended. */
  constructor(engine: Engine, node: EngineNode, over: (work: Work) => void) {
    this.#engine = engine
    this.#node = node
    this.#over = over
  }

  begin(work: Work, result: object): void {
    this.running++
    if (emissionForm(result) === 'promise')
      this.#wait(work, result as Promise<unknown>, (value) => this.#resolved(work, value))
    else work.iterate(result)
  }

  /** Asks an iterable for its next output. */
  pull(work: Work): void {
    let next: unknown
    try {
      next = (work.iterator as Iterator<unknown>).next()
    } catch (error) {
      this.running--
      return work.threw(error)
    }
    if (typeof (next as PromiseLike<unknown>)?.then !== 'function')
      return this.#pulled(work, next as IteratorResult<unknown>)
    work.state = 'pulling'
    this.#wait(work, next as PromiseLike<unknown>, (result) => this.#pulled(work, result as IteratorResult<unknown>))
  }

  /** Ends a work before its end: its iterable is told. */
  close(work: Work): void {
    this.running--
    work.leave()
    if (work.abandoned) this.#over(work)
  }

  /** An iterable that comes too late is told so. */
  #late(work: Work, value: unknown): void {
    const form = typeof value === 'object' && value !== null && work.iterator === null ? emissionForm(value) : 'record'
    if (form !== 'record' && form !== 'promise') work.iterate(value as object)
    this.close(work)
  }

  #resolved(work: Work, value: unknown): void {
    if (typeof value === 'object' && value !== null && emissionForm(value) !== 'record') return work.iterate(value)
    this.running--
    work.ready(value)
  }

  #pulled(work: Work, result: IteratorResult<unknown>): void {
    if (result.done) this.running--
    work.pulled(result)
  }

  /** Completions only mark and wake: every push happens inside a turn. */
  #wait(work: Work, promise: PromiseLike<unknown>, done: (value: unknown) => void): void {
    const engine = this.#engine
    engine.pending++
    promise.then(
      (value) => {
        engine.pending--
        if (work.abandoned) this.#late(work, value)
        else done(value)
        engine.wake(this.#node)
      },
      (error: unknown) => {
        engine.pending--
        this.running--
        work.threw(error)
        if (work.abandoned) this.#over(work)
        engine.wake(this.#node)
      },
    )
  }
}
