import type { Edge } from '../../edges/edge.ts'
import type { Env } from '../../edges/env.ts'
import type { Item } from '../../edges/item.ts'
import { type Join, type JoinHost, SetMaker } from './join.ts'

const ABSENT = Symbol('no value yet')

/**
 * A set on every arrival (or only on the trigger's), with the last value of each other key. An item enters the ledger
 * once: the first set that uses it carries its root; later sets reuse only its value. Until all keys are present only
 * the newest of each waits, so a blocking edge never blocks here. A failed input counts as ended.
 */
export class LatestJoin implements Join {
  readonly leftover = 'unpaired'
  readonly #edges: readonly Edge[]
  readonly #maker: SetMaker
  readonly #last: unknown[]
  /** The index of the only key whose arrival emits, or −1. */
  readonly #trigger: number
  #turn = 0

  constructor(host: JoinHost, edges: readonly Edge[], trigger: number) {
    this.#edges = edges
    this.#maker = new SetMaker(host, edges)
    this.#last = edges.map(() => ABSENT)
    this.#trigger = trigger
  }

  next(): Item | null {
    if (!this.#ready()) return null
    const at = this.#arrival()
    if (at < 0) return null
    this.#turn = (at + 1) % this.#edges.length
    const fresh: Item[] = []
    let primary: Env | null = null
    const values = this.#edges.map((edge, i) => {
      // A triggered set takes everything that is newest; else only the arrival, and what has no value yet.
      if (!edge.empty && (i === at || this.#last[i] === ABSENT || this.#trigger >= 0)) {
        const item = edge.takeHead()
        fresh.push(item)
        if (i === at) primary = item.env
        this.#last[i] = item.value
      }
      return this.#last[i]
    })
    return this.#maker.make(values, fresh, primary ?? (fresh[0] as Item).env)
  }

  end(): 'ended' | null {
    const edges = this.#edges
    if (edges.some((edge, i) => edge.over && this.#last[i] === ABSENT)) return 'ended'
    const over = this.#trigger >= 0 ? (edges[this.#trigger] as Edge).over : edges.every((edge) => edge.over)
    return over ? 'ended' : null
  }

  /** Whether every key has or had an item. Keeps only the newest where older ones can never be used. */
  #ready(): boolean {
    const edges = this.#edges
    for (const edge of edges) edge.purge()
    let ready = edges.every((edge, i) => !edge.empty || this.#last[i] !== ABSENT)
    edges.forEach((edge, i) => {
      if (ready && this.#last[i] !== ABSENT && (this.#trigger < 0 || this.#trigger === i)) return
      edge.keepNewest()
      edge.purge()
    })
    ready = edges.every((edge, i) => !edge.empty || this.#last[i] !== ABSENT)
    return ready
  }

  /** The edge whose item makes the next set: round robin in declared order. */
  #arrival(): number {
    const n = this.#edges.length
    if (this.#trigger >= 0) return (this.#edges[this.#trigger] as Edge).empty ? -1 : this.#trigger
    for (let step = 0; step < n; step++) {
      const at = (this.#turn + step) % n
      if (!(this.#edges[at] as Edge).empty) return at
    }
    return -1
  }
}
