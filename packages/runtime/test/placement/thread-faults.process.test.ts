import { anything, defineNode } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import { definePipeline, type ExecutorOptions } from '@anabranch/runtime'
import t from 'tap'
import { rejected } from '../coded.ts'
import { gather } from '../nodes.ts'
import { scenario } from '../scenario.ts'
import { known, plugins, thread } from './on-thread.ts'
import { pureFaulty, statefulFaulty } from './thread-nodes.ts'

t.jobs = 1

const faulty = (type: typeof pureFaulty | typeof statefulFaulty, options: object = {}) =>
  definePipeline({
    plugins,
    inputs: { mic: anything },
    nodes: { a: { type: type as typeof pureFaulty, in: { input: 'mic' }, ...thread, ...options } },
  })

/** Says `say` so often, then no more. */
const times = (n: number, say: string) => {
  const cells = new Int32Array(new SharedArrayBuffer(4))
  cells[0] = n
  return { say, cells }
}

const real: ExecutorOptions = { ...known, clock: systemClock }
const lost = (log: readonly Record<string, unknown>[]) =>
  log.filter(({ msg }) => msg === 'the thread of a node was lost').length

scenario('process.exit on a thread: the input is tried again on a new one, and the order is kept', async (t, stage) => {
  const session = await stage.open(faulty(pureFaulty), real)
  const values = gather(session)
  for (const mic of [1, times(1, 'exit'), 3, 4]) await session.send({ mic })
  t.match(await session.end(), { delivered: 4, failed: 0 })
  t.match(values, [1, { say: 'exit' }, 3, 4])
  t.equal(lost(stage.log), 1)
})

scenario('an input that ends its thread twice is not tried a third time', async (t, stage) => {
  const errors: Error[] = []
  const session = await stage.open(faulty(pureFaulty, { on_error: 'dead-letter' }), {
    ...real,
    onDeadLetter: ({ error }) => errors.push(error as never),
  })
  const values = gather(session)
  for (const mic of [1, { say: 'exit' }, 3]) await session.send({ mic })
  t.match(await session.end(), { delivered: 2, dead_lettered: 1 })
  t.same(values, [1, 3])
  t.match(errors, [{ code: 'ANB_WORKER_LOST', retryable: false, nodeId: 'a', message: /ended 2 times/ }])
  t.equal(lost(stage.log), 2)
})

scenario('a stateful node loses what was at work, and nothing beside it', async (t, stage) => {
  const session = await stage.open(faulty(statefulFaulty, { on_error: 'skip' }), real)
  const values = gather(session)
  for (const mic of [1, { say: 'exit' }, 3, 4, 5]) await session.send({ mic })
  t.match(await session.end(), { delivered: 4, failed: 1, in_flight: 0 })
  t.same(values, [1, 3, 4, 5])
})

scenario('under on_error: fail the session fails with what ended the thread', async (t, stage) => {
  const session = await stage.open(faulty(statefulFaulty), real)
  gather(session)
  await session.send({ mic: { say: 'exit' } })
  const error = await rejected('ANB_WORKER_LOST', session.end())
  t.match(error, { nodeId: 'a', message: /exit 3/ })
})

scenario(
  'an exception outside of any call ends the thread: its inputs fail at once, with it as the cause',
  async (t, stage) => {
    const errors: Error[] = []
    const session = await stage.open(faulty(statefulFaulty, { on_error: 'dead-letter' }), {
      ...real,
      onDeadLetter: ({ error }) => errors.push(error as never),
    })
    const values = gather(session)
    for (const mic of [{ say: 'reject later' }, 2]) await session.send({ mic })
    t.match(await session.end(), { delivered: 1, dead_lettered: 1 })
    t.same(values, [2])
    t.match(errors, [{ code: 'ANB_WORKER_LOST', cause: { message: 'nobody waits for this' } }])
  },
)

scenario(
  'a thread that is lost too often is not made anew: its node fails by its policy, a sibling goes on',
  async (t, stage) => {
    const sibling = defineNode({
      type: 'Sibling',
      summary: 'Counts.',
      inputs: { input: anything },
      outputs: { output: anything },
      create: () => ({ execute: () => ({ output: 'sibling' }) }),
    })
    const pipeline = definePipeline({
      plugins,
      inputs: { mic: anything },
      nodes: {
        a: {
          type: statefulFaulty,
          in: { input: 'mic' },
          ...thread,
          on_error: 'dead-letter',
          breaker: { failures: 100 },
        },
        b: { type: sibling, in: { input: 'mic' } },
      },
    })
    const errors: (Error & { retryable?: boolean })[] = []
    const session = await stage.open(pipeline, {
      ...real,
      threadRestarts: 2,
      onDeadLetter: ({ error }) => errors.push(error as never),
    })
    const values = gather(session)
    for (let n = 0; n < 3; n++) await session.send({ mic: { say: 'exit' } })
    for (let n = 0; n < 4; n++) await session.send({ mic: 'fine' })
    t.match(await session.end(), { in_flight: 0, dead_lettered: 7 })
    t.equal(values.filter((value) => value === 'sibling').length, 7)
    t.equal(lost(stage.log), 3)
    t.equal(errors.filter(({ message }) => /is not made anew: .*exit 3/.test(message)).length, 4)
    t.ok(errors.every(({ message }) => /thread of node "a"/.test(message)))
  },
)

scenario('a loop on a thread is ended after its time, and the next input has a new thread', async (t, stage) => {
  const errors: Error[] = []
  const session = await stage.open(faulty(statefulFaulty, { on_error: 'dead-letter', timeout_ms: 5000 }), {
    ...real,
    onDeadLetter: ({ error }) => errors.push(error as never),
  })
  const values = gather(session)
  for (const mic of [1, { say: 'loop' }, 3, 4]) await session.send({ mic })
  t.match(await session.end(), { delivered: 3, dead_lettered: 1 })
  t.same(values, [1, 3, 4])
  t.match(errors, [{ code: 'ANB_TIMEOUT', nodeId: 'a' }])
  t.equal(lost(stage.log), 1)
})

scenario('a call that listens is aborted on its thread, which lives', async (t, stage) => {
  const session = await stage.open(faulty(statefulFaulty, { on_error: 'skip', timeout_ms: 200 }), real)
  const values = gather(session)
  for (const mic of [{ say: 'wait' }, 2]) await session.send({ mic })
  t.match(await session.end(), { delivered: 1, failed: 1 })
  t.same(values, [2])
  t.equal(lost(stage.log), 0)
})

scenario(
  'an interrupt aborts what is at work, drops what waits there, and late outputs are ignored',
  async (t, stage) => {
    const session = await stage.open(faulty(statefulFaulty), known)
    const values = gather(session)
    for (const mic of [{ say: 'wait' }, 2, 3, 4]) await session.send({ mic })
    session.interrupt()
    await session.send({ mic: 'after' })
    t.match(await session.end(), { accepted: 5, cancelled: 4, delivered: 1 })
    t.same(values, ['after'])
    t.equal(lost(stage.log), 0)
  },
)

scenario('an executor that is closed ends a thread that does not listen', async (t, stage) => {
  const executor = await stage.executor(faulty(statefulFaulty), { ...real, drainMs: 1 })
  const session = await executor.open()
  gather(session)
  await session.send({ mic: { say: 'loop' } })
  while (executor.metrics().nodes.a?.taken !== 1) await new Promise((resolve) => setImmediate(resolve))
  await executor.close()
  t.match(session.ledger(), { cancelled: 1, in_flight: 0 })
})
