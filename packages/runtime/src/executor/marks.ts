import type { Edge } from '../edges/edge.ts'
import type { Env } from '../edges/env.ts'
import type { OutputPort } from './output-port.ts'

/** The marks that a node between a source and an align hands on: the media time up to which nothing more comes. */
export class Marks {
  #handed = Number.NEGATIVE_INFINITY

  /** Hands the smallest mark of empty in-edges on; where something waits, it says more itself. */
  handOn(ins: readonly Edge[], ports: readonly OutputPort[]): void {
    let least = Number.POSITIVE_INFINITY
    for (const edge of ins) {
      if (!edge.empty) return
      if (!edge.over && edge.mark < least) least = edge.mark
    }
    if (!Number.isFinite(least)) return
    this.#handed = least
    for (const port of ports) for (const edge of port.edges) edge.raiseMark(least)
  }

  /** Whether an envelope is earlier than the mark that was handed on. */
  before(env: Env): boolean {
    return env.pts < this.#handed
  }

  /** The envelope, moved to the mark that was handed on where it is earlier. */
  notBefore(env: Env): Env {
    if (!this.before(env)) return env
    const later = env.copy()
    later.pts = this.#handed
    return later
  }
}
