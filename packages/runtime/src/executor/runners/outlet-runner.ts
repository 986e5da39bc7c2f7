import type { Envelope } from '@anabranch/plugin-sdk'
import type { Edge } from '../../edges/edge.ts'
import { FATE } from '../../edges/fate.ts'
import type { Item } from '../../edges/item.ts'
import { envelopeOf } from '../node-context.ts'
import { faultWithoutSet } from './hold-faults.ts'
import { NodeRunner, STEP_SETS } from './node-runner.ts'

/** One value of a final node, as the session's reader gets it. */
export interface SessionOutput {
  /** `node.key`. */
  readonly from: string
  readonly value: unknown
  readonly envelope: Envelope
}

/** Somebody who reads the session's outputs. */
export interface OutputReader {
  /** How many outputs it takes now; asked before each. */
  wants(): boolean
  /** Returning is delivery. */
  take(output: SessionOutput): void
  /** No more outputs; with the session's error where it failed. */
  end(error: Error | null): void
}

/**
 * The end of every final node: a bounded edge each, from which a reader takes. Before the first reader nothing is lost,
 * the edges wait.
 */
export class OutletRunner extends NodeRunner {
  readonly #readers = new Set<OutputReader>()
  #turn = 0

  /** Whether anybody reads now. */
  get hasReaders(): boolean {
    return this.#readers.size > 0
  }

  /** Adds a reader; gives the function that removes it. */
  read(reader: OutputReader): () => void {
    if (this.state !== 'open') {
      reader.end(this.engine.errors[0] ?? null)
      return () => undefined
    }
    if (this.engine.stall !== null) {
      reader.end(this.engine.stall)
      return () => undefined
    }
    this.#readers.add(reader)
    this.engine.wake(this)
    return () => {
      if (this.#readers.delete(reader)) this.engine.wake(this)
    }
  }

  override wired(): void {
    // Its edges have no join: each output stands alone.
  }

  /** Outputs wait for a reader. */
  override awaitsReader(): boolean {
    return this.ins.some((edge) => !edge.empty)
  }

  step(): void {
    this.sweep()
    for (let left = STEP_SETS; this.state === 'open' && left > 0; left--) {
      // Every reader gets every output: the slowest sets the pace.
      const readers = [...this.#readers]
      if (readers.length === 0 || !readers.every((reader) => reader.wants())) return this.#idle()
      const edge = this.#nextEdge()
      if (edge === null) return this.#idle()
      const item = edge.take()
      if (item === null) continue
      this.taken++
      this.#deliver(edge, item, readers)
    }
    if (this.state === 'open') this.engine.wake(this)
  }

  #deliver(edge: Edge, item: Item, readers: readonly OutputReader[]): void {
    const output = {
      from: edge.key,
      value: item.value,
      envelope: envelopeOf(this.sessionId, item.env, item.seq, item.epoch),
    }
    try {
      for (const reader of readers) reader.take(output)
    } catch (error) {
      this.failed++
      this.engine.settle(item, FATE.failed)
      return faultWithoutSet(this, error, 'fail')
    }
    this.produced++
    this.settleOk(item)
  }

  #nextEdge(): Edge | null {
    const edges = this.ins
    for (let step = 0; step < edges.length; step++) {
      const at = (this.#turn + step) % edges.length
      const edge = edges[at] as Edge
      if (edge.empty) continue
      this.#turn = (at + 1) % edges.length
      return edge
    }
    return null
  }

  #idle(): void {
    if (this.ins.every((edge) => edge.over) && !this.#moreMayCome()) this.stop('closed')
  }

  /** A node that declares no keys may still give its first. */
  #moreMayCome(): boolean {
    return this.engine.nodes.some((node) => node.state === 'open' && !node.settings.outputsKnown)
  }

  abort(): void {}

  protected quit(): void {
    this.endReaders(this.engine.errors[0] ?? null)
  }

  /** No reader waits for what may never come; a new one may begin once the session runs again. */
  endReaders(error: Error | null): void {
    const readers = [...this.#readers]
    this.#readers.clear()
    for (const reader of readers) reader.end(error)
  }
}
