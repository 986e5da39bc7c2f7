import type { Worker } from 'node:worker_threads'
import { systemClock } from '@anabranch/plugin-sdk/host'
import { definePipeline } from '@anabranch/runtime'
import t from 'tap'
import { gather } from '../nodes.ts'
import { type Stage, scenario } from '../scenario.ts'
import { known, plugins, type Read, returned, thread, upTo } from './on-thread.ts'
import { dying, reading, scaling, tone } from './thread-nodes.ts'

t.jobs = 1

const poolBytes = 8 * 2048
const KILLS = 5
const turn = () => new Promise((resolve) => setImmediate(resolve))
const lost = (stage: Stage) => stage.log.filter(({ msg }) => msg === 'the thread of a node was lost').length

scenario('a thread that ends amid frames: each is accounted for, and no lease is left', async (t, stage) => {
  const at = [7, 8, 150].map((most) => 1 + Math.floor(Math.random() * most))
  t.comment(`it ends at the frames ${at}`)
  const done = new Int32Array(new SharedArrayBuffer(4 * at.length))
  const pipeline = definePipeline({
    plugins,
    nodes: {
      tone: { type: tone, params: { frames: 200 } },
      dying: { type: dying, params: { at, done }, in: { input: 'tone.output' }, ...thread, retry: { base_ms: 0 } },
      read: { type: reading, in: { input: 'dying.output' } },
    },
  })
  const executor = await stage.executor(pipeline, { ...known, clock: systemClock, poolBytes })
  const session = await executor.open()
  const outputs: Read[] = gather(session)
  const ledger = await session.end()
  t.same([ledger.accepted, ledger.delivered, ledger.in_flight], [200, 200, 0])
  t.same(
    outputs.map(({ value }) => value),
    upTo(200),
    'each came once, in order',
  )
  const ended = done.reduce((sum, one) => sum + one, 0)
  t.equal(ended, new Set(at).size)
  t.equal(lost(stage), ended)
  const { leased, stale, double_released } = (await returned(executor)) ?? {}
  t.same([leased, stale, double_released], [[], 0, 0])
  t.equal(executor.metrics().nodes.dying?.retries, ended, 'only what was at work was tried again')
})

scenario('threads terminated at random moments: nothing is unaccounted for, and no lease is left', async (t, stage) => {
  let worker: Worker | undefined
  const seen = (each: Worker) => {
    worker = each
  }
  process.on('worker', seen)
  t.teardown(() => process.off('worker', seen))
  const pipeline = definePipeline({
    plugins,
    nodes: {
      tone: { type: tone, params: { frames: 1000 } },
      scaling: {
        type: scaling,
        in: { input: 'tone.output' },
        ...thread,
        on_error: 'skip',
        breaker: { failures: 1000 },
      },
      read: { type: reading, in: { input: 'scaling.output' } },
    },
  })
  const options = { ...known, clock: systemClock, threadRestarts: 1000, poolBytes }
  const executor = await stage.executor(pipeline, options, false)
  const session = await executor.open()
  const outputs: Read[] = gather(session)
  let over = false
  const ended = session.end().finally(() => {
    over = true
  })
  for (let kills = 0; kills < KILLS && !over; kills++) {
    const before = outputs.length
    while (!over && outputs.length === before) await turn()
    for (let turns = Math.random() * 10; turns > 0; turns--) await turn()
    await worker?.terminate()
  }
  const ledger = await ended
  t.equal(ledger.delivered + ledger.failed, 1000)
  t.equal(ledger.delivered, outputs.length)
  const values = outputs.map(({ value }) => value)
  t.same(
    values,
    [...new Set(values)].sort((a, b) => a - b),
    'each at most once, in order',
  )
  t.ok(values.every((value) => value % 10 === 0 && value > 0 && value <= 10_000))
  t.ok(lost(stage) >= 3, `${lost(stage)} threads were lost`)
  t.ok(ledger.failed <= 8 * lost(stage), `at most what was on a thread was lost: ${ledger.failed} inputs`)
  const { leased, stale, double_released } = (await returned(executor)) ?? {}
  t.same([leased, stale, double_released], [[], 0, 0])
})
