import { NodeNotFoundError } from '@anabranch/plugin-sdk'
import { LIMITS, nearest, rxjs } from '@anabranch/plugin-sdk/host'
import type { Observable, Subscriber } from 'rxjs'
import type { EdgeOptions } from '../edges/edge-options.ts'
import type { Histogram } from '../telemetry/histogram.ts'
import type { Engine } from './engine.ts'
import type { EngineNode } from './engine-node.ts'
import type { OutputPort } from './output-port.ts'
import { TapRunner } from './runners/tap-runner.ts'
import { endSettings } from './wiring.ts'

/** The id that all taps have, which no node can have. */
const TAP = '(tap)'
const TAP_EDGE: EdgeOptions = { policy: 'drop-oldest', max: LIMITS.edge_items, bestEffort: true }

/** A session's taps: one edge for each output that somebody looks at, taken away with the last who does. */
export class Taps {
  readonly #engine: Engine
  /** How long items wait on a tap's edge; null where nobody measures. */
  readonly #ages: ((edge: string) => Histogram) | null
  readonly #taps = new Map<string, TapRunner>()
  /** Those who wait for a key that a node without declared keys has not given yet. */
  readonly #early = new Map<string, Set<Subscriber<unknown>>>()

  constructor(engine: Engine, ages: ((edge: string) => Histogram) | null) {
    this.#engine = engine
    this.#ages = ages
  }

  /** @throws NodeNotFoundError for a key that the node does not have. */
  observe(runner: EngineNode, key: string): Observable<unknown> {
    const { outputKeys, outputsKnown } = runner.settings
    if (outputsKnown && !outputKeys.includes(key)) {
      const near = nearest(key, outputKeys)
      const refs = (keys: readonly string[]) => keys.map((one) => `${runner.id}.${one}`)
      throw new NodeNotFoundError(
        `node "${runner.id}" has no output "${key}"${near[0] === undefined ? '' : `; did you mean "${near[0]}"?`}`,
        {
          nearest: refs(near),
          fix: outputKeys.length > 0 ? `use one of ${refs(outputKeys).join(', ')}` : 'tap a node that has outputs',
        },
      )
    }
    return new (rxjs().Observable)((subscriber) => this.#join(runner, key, subscriber))
  }

  /** A key that a node without declared keys gave for the first time, before the value itself. */
  portAdded(runner: EngineNode, port: OutputPort): void {
    const ref = `${runner.id}.${port.key}`
    const early = this.#early.get(ref)
    if (early === undefined) return
    this.#early.delete(ref)
    const tap = this.#attach(ref, runner, port)
    for (const subscriber of early) tap.subscribers.add(subscriber)
  }

  /** The session is over: nothing comes any more under keys that never came. */
  end(): void {
    const early = [...this.#early.values()]
    this.#early.clear()
    for (const subscribers of early) for (const subscriber of subscribers) subscriber.complete()
  }

  #join(runner: EngineNode, key: string, subscriber: Subscriber<unknown>): undefined | (() => void) {
    if (runner.state !== 'open') {
      subscriber.complete()
      return undefined
    }
    const ref = `${runner.id}.${key}`
    const port = runner.ports.find((one) => one.key === key)
    if (port === undefined) {
      const early = this.#early.get(ref) ?? new Set()
      this.#early.set(ref, early.add(subscriber))
    } else (this.#taps.get(ref) ?? this.#attach(ref, runner, port)).subscribers.add(subscriber)
    return () => this.#leave(ref, subscriber)
  }

  #attach(ref: string, producer: EngineNode, port: OutputPort): TapRunner {
    const tap = new TapRunner(this.#engine, endSettings(TAP, [], false))
    const edge = this.#engine.tap(producer, port, tap, TAP_EDGE)
    if (this.#ages !== null) edge.ages = this.#ages(edge.name)
    this.#taps.set(ref, tap)
    return tap
  }

  #leave(ref: string, subscriber: Subscriber<unknown>): void {
    const early = this.#early.get(ref)
    if (early?.delete(subscriber) && early.size === 0) this.#early.delete(ref)
    const tap = this.#taps.get(ref)
    if (tap === undefined || !tap.subscribers.delete(subscriber) || tap.subscribers.size > 0) return
    this.#engine.afterStep(() => {
      // Somebody may have come meanwhile; and a tap that ended by itself stays, for its counts.
      if (tap.subscribers.size > 0 || tap.state !== 'open') return
      this.#taps.delete(ref)
      tap.stop('closed')
      this.#engine.untap(tap)
    })
  }
}
