import type { Inputs } from '@anabranch/plugin-sdk'
import { type VirtualClock, virtualClock } from '@anabranch/plugin-sdk/testing'
import {
  createExecutor,
  type Executor,
  type ExecutorOptions,
  type Nodes,
  type Pipeline,
  type Session,
} from '@anabranch/runtime'
import { pino } from 'pino'
import { type Test, test } from 'tap'

/** The streams of the test's own reporter come and go, and so do single requests to the file system. */
const REPORTER = new Set([
  'PipeWrap',
  'TTYWrap',
  'WriteWrap',
  'ShutdownWrap',
  'SimpleWriteWrap',
  'FSReqCallback',
  'FSReqPromise',
])

/** What keeps a process alive: timers, handles, requests. */
export function activeResources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => !REPORTER.has(name))
    .sort()
}

/** Everything that waits for no timer and no I/O has run. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve))
}

/** What one test makes: executors and their sessions, all of them audited after every step and at the end. */
export class Stage {
  /** Stands still until it is told to go on; executors get it only where they ask. */
  readonly clock: VirtualClock = virtualClock()
  /** Violations of the ledger's laws, each once. */
  readonly violations = new Set<string>()
  readonly sessions: Session[] = []
  /** Log lines, parsed. */
  readonly log: Record<string, unknown>[] = []
  readonly #executors: Executor[] = []

  /** In virtual time unless a clock is given; `audited: false` where a check after every step costs too much. */
  async executor<I extends Inputs, F extends Nodes>(
    pipeline: Pipeline<I, F>,
    options: ExecutorOptions = {},
    audited = true,
  ): Promise<Executor<I, F>> {
    const probe = {
      ...options.probe,
      step: (id: string) => {
        if (audited) this.audit()
        options.probe?.step?.(id)
      },
    }
    const log = pino({ level: 'debug' }, { write: (line: string) => void this.log.push(JSON.parse(line)) })
    const executor = await createExecutor(pipeline, {
      clock: this.clock,
      log,
      ...options,
      ...((audited || options.probe) && { probe }),
    })
    const open = executor.open
    executor.open = async (...args) => {
      const session = await open.apply(executor, args)
      this.sessions.push(session as unknown as Session)
      return session
    }
    this.#executors.push(executor as unknown as Executor)
    return executor
  }

  async open<I extends Inputs, F extends Nodes>(
    pipeline: Pipeline<I, F>,
    options: ExecutorOptions = {},
    audited = true,
  ): Promise<Session<I, F>> {
    return (await this.executor(pipeline, options, audited)).open()
  }

  audit(): void {
    for (const session of this.sessions) for (const violation of session.audit()) this.violations.add(violation)
  }

  /** Ends what the test left open; virtual time goes on, so that nothing waits for a drain. */
  async close(): Promise<void> {
    const closing = Promise.all(this.#executors.map((executor) => executor.close()))
    await this.clock.advance(100_000)
    await closing
    this.audit()
    for (const executor of this.#executors)
      for (const { by, refs } of executor.frames()?.leased ?? [])
        this.violations.add(`a frame of ${by} has ${refs} left`)
  }
}

/** A test that leaves nothing behind: every session balanced and empty, no handle, timer or request more than before. */
export function scenario(name: string, run: (t: Test, stage: Stage) => Promise<void>): void {
  test(name, async (t) => {
    await settled()
    const before = activeResources()
    const stage = new Stage()
    try {
      await run(t, stage)
    } finally {
      await stage.close()
    }
    await settled()
    t.same([...stage.violations], [], 'the laws held after every step')
    for (const session of stage.sessions) t.equal(session.ledger().in_flight, 0, 'nothing is in flight after the end')
    t.same(activeResources(), before, 'no handle, timer or request is left')
    t.equal(stage.clock.pending, 0, 'no timer of the virtual clock is left')
  })
}
