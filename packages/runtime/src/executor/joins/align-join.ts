import { InvalidInputsError } from '@anabranch/plugin-sdk'
import type { Edge } from '../../edges/edge.ts'
import type { Item } from '../../edges/item.ts'
import type { LatePolicy } from '../../graph/node-settings.ts'
import { type Join, type JoinHost, SetMaker } from './join.ts'

/**
 * Items whose media times differ by at most `tolerance` form a set, starting with the earliest head. It is settled when
 * every other edge has a head, is over, or its mark passed head + tolerance: then nothing that fits can come any more.
 */
export class AlignJoin implements Join {
  readonly leftover = 'closed'
  readonly #host: JoinHost
  readonly #edges: readonly Edge[]
  readonly #maker: SetMaker
  readonly #toleranceUs: number
  readonly #late: LatePolicy
  /** Settle the earliest head without waiting: nothing else in the session can run. */
  #forced = false
  #failed: Error | null = null

  constructor(host: JoinHost, edges: readonly Edge[], toleranceMs: number, late: LatePolicy) {
    this.#host = host
    this.#edges = edges
    this.#maker = new SetMaker(host, edges)
    this.#toleranceUs = toleranceMs * 1000
    this.#late = late
  }

  next(): Item | null {
    for (;;) {
      const found = this.#heads()
      if (found === null || this.#failed !== null) return null
      this.#forced = false
      if (found.length === this.#edges.length || this.#late === 'emit-alone') return this.#take(found)
      for (const edge of found) edge.dropHead('late')
      if (this.#late === 'fail') {
        this.#failed = new InvalidInputsError(
          `no partner within ${this.#toleranceUs / 1000} ms for ${found.map((edge) => edge.name).join(', ')}`,
          {
            key: (found[0] as Edge).key,
            fix: 'raise tolerance_ms, or choose late: drop or emit-alone',
          },
        )
        return null
      }
    }
  }

  end(): 'ended' | Error | null {
    if (this.#failed !== null) return this.#failed
    const failed = this.#edges.find((edge) => edge.over && edge.error !== null)
    if (failed !== undefined) return failed.error
    return this.#edges.every((edge) => edge.over) ? 'ended' : null
  }

  unblock(): boolean {
    if (this.#forced || this.#edges.every((edge) => edge.empty)) return false
    this.#forced = true
    this.#host.count('align_forced')
    return true
  }

  /** The edges whose heads belong together; null while one that fits may still come. */
  #heads(): Edge[] | null {
    let earliest = Number.POSITIVE_INFINITY
    for (const edge of this.#edges) {
      edge.purge()
      if (!edge.empty) earliest = Math.min(earliest, edge.peek().env.pts)
    }
    if (earliest === Number.POSITIVE_INFINITY) return null
    const limit = earliest + this.#toleranceUs
    const together: Edge[] = []
    for (const edge of this.#edges) {
      if (edge.empty) {
        if (!edge.over && edge.mark <= limit && !this.#forced) return null
      } else if (edge.peek().env.pts <= limit) together.push(edge)
    }
    return together
  }

  #take(together: readonly Edge[]): Item {
    const fresh: Item[] = []
    const values = this.#edges.map((edge) => {
      if (!together.includes(edge)) return undefined
      const item = edge.takeHead()
      fresh.push(item)
      return item.value
    })
    return this.#maker.make(values, fresh, (fresh[0] as Item).env)
  }
}
