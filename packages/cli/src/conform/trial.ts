import type { AnabranchError, Plugin, Values } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import { ownCopies } from '@anabranch/plugin-sdk/testing'
import type { Executor, Ledger, Session } from '@anabranch/runtime'
import type { Place } from './order.ts'
import { Broken } from './rule.ts'

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
  readonly failures: AnabranchError[]
  readonly logs: TrialLog[]
}

/** Everything that came of one session. */
export interface TrialResult {
  /** In the order in which they were read, one key each. */
  readonly outputs: readonly TrialOutput[]
  readonly failures: readonly AnabranchError[]
  readonly ledger: Ledger
  readonly audit: readonly string[]
  /** What was logged, until everything was closed. */
  readonly logs: readonly TrialLog[]
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

/** A source has shown enough with so many outputs, or after so long. */
const ENOUGH = 20
const SOURCE_MS = 500

/** One session of one node in a graph, fed by hand. The engine is that of every pipeline. */
export class Trial {
  readonly outputs: TrialOutput[] = []
  readonly failures: AnabranchError[]
  readonly logs: TrialLog[]
  readonly executor: Executor
  readonly session: Session
  #reading: Promise<void> = Promise.resolve()

  private constructor({ executor, failures, logs }: TrialGraph, session: Session) {
    this.executor = executor
    this.session = session
    this.failures = failures
    this.logs = logs
  }

  /** @param slow ms between two outputs that are read. */
  static async of(graph: TrialGraph, slow = 0): Promise<Trial> {
    try {
      const trial = new Trial(graph, await graph.executor.open())
      trial.#reading = trial.#read(slow)
      return trial
    } catch (error) {
      await graph.executor.close()
      throw error
    }
  }

  /** A record of inputs, in memory of its own. */
  send(values: Values): Promise<void> {
    return this.session.send(ownCopies(values) as never)
  }

  /**
   * Waits until nothing is under way. A node that holds sets over calls is not waited for longer than nothing happens;
   * one that does not is: it may be slow.
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
    const { session, outputs, failures, logs } = this
    return { outputs: [...outputs], failures: [...failures], ledger: session.ledger(), audit: session.audit(), logs }
  }

  /** Closes everything; resolves when the node was cleaned up and what its threads told has arrived. */
  async close(): Promise<void> {
    await this.executor.close()
    await sleep(5)
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
    timer = systemClock.setTimeout(() => reject(new Broken(`${what} within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    systemClock.clearTimeout(timer)
  }
}
