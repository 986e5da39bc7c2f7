import { dirname, resolve } from 'node:path'
import { type Clock, NotAvailableError, TimeoutError } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import { type VirtualClock, virtualClock } from '@anabranch/plugin-sdk/testing'
import { createExecutor, type Executor, type Session } from '@anabranch/runtime'
import { timeSpan } from '../command-options.ts'
import { LOADING } from '../nodes/own-plugins.ts'
import { type CasePipeline, casePipeline } from './case-pipeline.ts'
import { checkExpectation, type Unmet } from './check-expectation.ts'
import type { Schedule } from './stand-ins.ts'
import type { TestCase } from './test-case.ts'

/** Real time after which a case has failed, whatever its clock says. */
const CASE_MS = 30_000

export interface CaseResult {
  readonly name: string
  readonly ok: boolean
  /** Real time. */
  readonly ms: number
  readonly problems: readonly Unmet[]
  /** It did not come to its end. */
  readonly error?: Error
}

export async function runCase(test: TestCase, file: string): Promise<CaseResult> {
  const begun = systemClock.now()
  const problems: Unmet[] = []
  let error: Error | undefined
  try {
    problems.push(...(await outcome(test, file)))
  } catch (thrown) {
    error = thrown as Error
  }
  const ms = Math.round(systemClock.now() - begun)
  const ok = problems.length === 0 && error === undefined
  return { name: test.name, ok, ms, problems, ...(error !== undefined && { error }) }
}

async function outcome(test: TestCase, file: string): Promise<Unmet[]> {
  const virtual = test.clock === 'virtual' ? virtualClock() : null
  const clock: Clock = virtual ?? systemClock
  let start = clock.now()
  const pipeline = await casePipeline(test, file, () => clock.now() - start)
  const { manifest, registry } = pipeline
  const from = dirname(resolve(file))
  const executor = await createExecutor(manifest, { registry, from, clock, ...LOADING })
  const over = (closing: Promise<unknown>) => (virtual === null ? closing : driven(closing, virtual))
  try {
    if (virtual !== null) refuseElsewhere(executor)
    const session = (await over(executor.open())) as Session
    start = clock.now()
    await over(inTime(play(session, test, pipeline, clock)))
    const { balanced, in_flight } = session.ledger()
    const books: Unmet[] =
      balanced && in_flight === 0
        ? []
        : [{ key: 'ledger', message: `the books do not balance: ${session.audit().join('; ')}` }]
    const checked = await Promise.all(
      test.expect.map((each) => checkExpectation(each, pipeline.recorded.get(each.key) ?? [], from)),
    )
    return [...books, ...checked.flat()]
  } finally {
    await over(executor.close())
  }
}

/** What runs in another process or thread does not know of a clock that stands still. */
function refuseElsewhere({ plan }: Executor): void {
  const elsewhere = plan.nodes.filter(({ where }) => where !== 'inline').map(({ id }) => id)
  if (elsewhere.length > 0)
    throw new NotAvailableError(`clock: virtual is not available for ${elsewhere.join(', ')}, which run elsewhere`, {
      fix: 'say clock: real, or mock them',
    })
}

/** From the first item to the end, with what the case does meanwhile. */
async function play(session: Session, test: TestCase, { sends }: CasePipeline, clock: Clock): Promise<void> {
  session.outputs.subscribe({ error: () => undefined })
  const timers = test.interrupt_at.map((at) => clock.setTimeout(() => session.interrupt(), timeSpan(at)))
  if (test.for !== undefined) timers.push(clock.setTimeout(() => void session.close(), timeSpan(test.for)))
  try {
    await Promise.all(sends.map((schedule) => send(session, schedule, clock)))
    await session.end()
  } finally {
    for (const timer of timers) clock.clearTimeout(timer)
  }
}

async function send(session: Session, { key, values }: Schedule, clock: Clock): Promise<void> {
  const start = clock.now()
  for (const { value, ms } of values) {
    const wait = start + ms - clock.now()
    if (wait > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, wait))
    await session.send({ [key]: value } as never)
  }
}

/** Lets virtual time go on to the next timer whenever all that waits for none has run, until it is done. */
async function driven<T>(done: Promise<T>, clock: VirtualClock): Promise<T> {
  let over = false
  const ended = done.finally(() => {
    over = true
  })
  ended.catch(() => undefined)
  while (!over) {
    for (let turns = 0; turns < 5 && !over; turns++) await new Promise((resolve) => setImmediate(resolve))
    if (!over && clock.next !== undefined) await clock.advance(Math.max(0, clock.next - clock.now()))
  }
  return ended
}

async function inTime<T>(done: Promise<T>): Promise<T> {
  let timer: unknown
  const late = new Promise<never>((_, reject) => {
    timer = systemClock.setTimeout(
      () =>
        reject(
          new TimeoutError(`the case did not end within ${CASE_MS} ms`, {
            afterMs: CASE_MS,
            fix: 'say for: 10s, or end its sources',
          }),
        ),
      CASE_MS,
    )
  })
  return Promise.race([done, late]).finally(() => systemClock.clearTimeout(timer))
}
