import type { AnabranchError, Plugin, Values } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import { ownCopies } from '@anabranch/plugin-sdk/testing'
import type { Executor, Ledger, Session } from '@anabranch/runtime'
import { Broken } from './broken.ts'
import { FRAME_MS } from './input-sets.ts'
import type { Place } from './order.ts'

/** A node in a graph of its own: what the engine is told of it. */
export interface TrialNode {
  readonly plugin: Plugin
  readonly type: string
  readonly runtime: string
  readonly where: Place
  readonly params: Readonly<Record<string, unknown>>
}

/** A graph of one node, and what it tells. */
export interface TrialGraph {
  readonly executor: Executor
  readonly failures: readonly { readonly session: string; readonly error: AnabranchError }[]
  readonly logs: TrialLog[]
}

/** Everything that came of one session. */
export interface TrialResult {
  /** In the order in which they were read, one key each. */
  readonly outputs: readonly TrialOutput[]
  readonly failures: readonly AnabranchError[]
  /** What ended the session, where something did. */
  readonly error: Error | undefined
  readonly ledger: Ledger
  readonly audit: readonly string[]
  /** How many frames were retained and not released, known when everything was closed. */
  framesLeft(): number
}

export interface TrialLog {
  readonly msg?: string
  readonly frames_left?: number
}

export interface TrialOutput {
  readonly key: string
  readonly value: Values
  readonly pts: number
}

/** How long one session may take. */
const LIMIT_MS = 15_000
/** How long nothing happens before a set is held to be through. */
const QUIET_MS = 40

/** From the media time of a set to that of the next, µs: that of the audio that is made for them. */
const SET_US = FRAME_MS * 1000

/** A source has shown enough with so many outputs, or after so long. */
const ENOUGH = 20
const SOURCE_MS = 500

/** One session of one node in a graph, fed by hand. The engine is that of every pipeline. */
export class Trial {
  readonly outputs: TrialOutput[] = []
  readonly session: Session
  readonly #graph: TrialGraph
  readonly #kept: boolean
  #reading: Promise<void> = Promise.resolve()
  #sent = 0

  private constructor(graph: TrialGraph, session: Session, kept: boolean) {
    this.#graph = graph
    this.#kept = kept
    this.session = session
  }

  get failures(): AnabranchError[] {
    return this.#graph.failures.flatMap(({ session, error }) => (session === this.session.id ? [error] : []))
  }

  /**
   * @param slow ms between two outputs that are read.
   * @param kept whether the graph is for other sessions too: then its end is not that of this one.
   */
  static async of(graph: TrialGraph, slow = 0, kept = false): Promise<Trial> {
    try {
      const trial = new Trial(graph, await graph.executor.open(), kept)
      trial.#reading = trial.#read(slow)
      return trial
    } catch (error) {
      if (!kept) await graph.executor.close()
      throw error
    }
  }

  /** A record of inputs, in memory of its own; the same media times in every run. */
  send(values: Values): Promise<void> {
    return this.session.send(ownCopies(values) as never, { pts: this.#sent++ * SET_US })
  }

  /** The same, where a session that has failed takes nothing any more: its error says why. */
  async offer(values: Values): Promise<void> {
    try {
      await this.send(values)
    } catch (error) {
      if (this.session.error === undefined) throw error
    }
  }

  /**
   * Waits until nothing is under way. A node that holds sets over calls is not waited for longer than nothing happens;
   * one that does not is: it may be slow.
   *
   * @throws Broken where that takes too long.
   */
  async quiet(holds: boolean): Promise<void> {
    const end = systemClock.now() + LIMIT_MS
    let seen = -1
    let since = systemClock.now()
    while (this.session.ledger().in_flight > 0 && systemClock.now() < end) {
      const now = this.outputs.length + this.failures.length
      if (now !== seen) since = systemClock.now()
      seen = now
      if (holds && systemClock.now() - since > QUIET_MS) return
      await sleep(1)
    }
    if (systemClock.now() >= end) throw new Broken(`a set was not through within ${LIMIT_MS} ms`, undefined, true)
  }

  /** Ends the session and gives what came of it; what it kept waiting is over then. */
  async end(): Promise<TrialResult> {
    await inTime(Promise.all([this.session.end().catch(() => undefined), this.#reading]), 'its stream did not end')
    return this.result()
  }

  /** Of a source, which may have no end: what it gives until there is enough. */
  async some(): Promise<TrialResult> {
    const end = systemClock.now() + SOURCE_MS
    while (this.outputs.length < ENOUGH && systemClock.now() < end) await sleep(2)
    await inTime(this.session.close(), 'it did not stop')
    return this.result()
  }

  result(): TrialResult {
    const { session, outputs, failures } = this
    const { logs, executor } = this.#graph
    // A node on a thread is told of by the log, as its counters are closed by then.
    const framesLeft = () =>
      logs.reduce(
        (sum, { frames_left = 0 }) => sum + frames_left,
        executor.metrics().nodes.subject?.custom.frames_left ?? 0,
      )
    return {
      outputs: [...outputs],
      failures,
      error: session.error,
      ledger: session.ledger(),
      audit: session.audit(),
      framesLeft,
    }
  }

  /** Resolves when its node was cleaned up, where the graph is not kept. */
  async close(): Promise<void> {
    await (this.#kept ? this.session.close() : this.#graph.executor.close())
  }

  async #read(slow: number): Promise<void> {
    try {
      for await (const { from, value, envelope } of this.session.outputs) {
        const key = String(from).slice('subject.'.length)
        this.outputs.push({ key, value: ownCopies({ [key]: value } as Values), pts: envelope.pts })
        if (slow > 0) await sleep(slow)
      }
    } catch {
      // The error of the session, which `end` meets too.
    }
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void systemClock.setTimeout(resolve, ms))
}

/** @throws Broken where it takes too long. */
export async function inTime<T>(work: Promise<T>, what: string, ms = LIMIT_MS): Promise<T> {
  let timer: unknown
  const late = new Promise<never>((_, reject) => {
    timer = systemClock.setTimeout(() => reject(new Broken(`${what} within ${ms} ms`, undefined, true)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    systemClock.clearTimeout(timer)
  }
}
