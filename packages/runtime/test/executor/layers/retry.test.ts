import { anything, NodeExecutionError, PythonError } from '@anabranch/plugin-sdk'
import { definePipeline, type Executor } from '@anabranch/runtime'
import { rejected } from '../../coded.ts'
import { emitNode, gate, gather, mapNode, sinkTo } from '../../nodes.ts'
import { type Stage, scenario, settled } from '../../scenario.ts'

const inputs = { mic: anything }
const one = (type: ReturnType<typeof mapNode>, options: object = {}) =>
  definePipeline({ inputs, nodes: { n: { type, in: { input: 'mic' }, ...options } } })

/** The times at which a node was called, and how its run ended. */
async function calls(
  stage: Stage,
  executor: Executor<typeof inputs>,
  at: number[],
): Promise<{ at: number[]; error: unknown }> {
  let error: unknown
  const run = executor.execute({ mic: 1 }).catch((thrown: unknown) => {
    error = thrown
  })
  await stage.clock.advance(10_000)
  await run
  return { at, error }
}

for (const form of ['sync', 'async', 'generator'] as const)
  scenario(
    `retry: a pure node is retried at 100, 200, 400 ms, then the last error comes with its own class (${form})`,
    async (t, stage) => {
      const at: number[] = []
      const fail = (): never => {
        at.push(stage.clock.now())
        throw new PythonError(`failure ${at.length}`, { traceback: 'line 1' })
      }
      const bodies = {
        sync: fail,
        async: async () => fail(),
        generator: async function* () {
          yield fail()
        },
      }
      const executor = await stage.executor(one(emitNode('Failing', bodies[form], { purity: 'pure' })))
      const { error } = await calls(stage, executor as never, at)
      t.same(at, [0, 100, 300, 700])
      t.ok(error instanceof PythonError)
      t.match(error, { message: 'failure 4', traceback: 'line 1', nodeId: 'n' })
      t.equal(executor.metrics().nodes.n?.retries, 3)
      t.equal(executor.metrics().nodes.n?.executions, 4, 'every call is one')
      t.equal(executor.metrics().nodes.n?.errors, 1)
    },
  )

scenario('retry: max_retries, base_ms and cap_ms are as given; jitter stays between half and all', async (t, stage) => {
  const at: number[] = []
  const failing = mapNode(
    'Failing',
    () => {
      at.push(stage.clock.now())
      throw new Error('no')
    },
    { purity: 'pure' },
  )
  const executor = await stage.executor(one(failing, { retry: { max_retries: 4, base_ms: 10, cap_ms: 25 } }))
  await calls(stage, executor as never, at)
  t.same(at, [0, 10, 30, 55, 80])
  at.length = 0
  const start = stage.clock.now()
  const jittered = await stage.executor(one(failing, { retry: { max_retries: 2, base_ms: 100, jitter: true } }), {
    random: () => 0.5,
  })
  await calls(stage, jittered as never, at)
  t.same(
    at.map((time) => time - start),
    [0, 75, 225],
  )
})

scenario('retry: what succeeds on a later call gives its result', async (t, stage) => {
  let left = 2
  const executor = await stage.executor(
    one(
      mapNode(
        'Twice',
        async (n) => {
          if (left-- > 0) throw new Error('not yet')
          return n
        },
        { purity: 'pure' },
      ),
    ),
  )
  const run = executor.execute({ mic: 5 })
  await stage.clock.advance(300)
  t.equal((await run).get('output'), 5)
  t.equal(executor.metrics().nodes.n?.errors, 0)
})

scenario('retry: an error that is not retryable comes at once', async (t, stage) => {
  let called = 0
  const executor = await stage.executor(
    one(
      mapNode(
        'Never',
        () => {
          called++
          throw new NodeExecutionError('for good', { retryable: false })
        },
        { purity: 'pure' },
      ),
    ),
  )
  const error = await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 1 }))
  t.match(error.message, /for good/)
  t.equal(called, 1)
})

for (const purity of ['stateful', 'effectful'] as const)
  scenario(`retry: a ${purity} node is called once, unless it says retrySafe`, async (t, stage) => {
    const at: number[] = []
    const fail = () => {
      at.push(stage.clock.now())
      throw new Error('no')
    }
    await calls(stage, (await stage.executor(one(mapNode('Once', fail, { purity })))) as never, at)
    t.same(at, [0])
    const safe = await stage.executor(one(mapNode('Safe', fail, { purity, retrySafe: true })))
    at.length = 0
    await calls(stage, safe as never, at)
    t.equal(at.length, 4)
  })

scenario('retry: realtime does not retry unless asked to', async (t, stage) => {
  let called = 0
  const failing = mapNode(
    'Failing',
    () => {
      called++
      throw new Error('no')
    },
    { purity: 'pure' },
  )
  const nodes = { n: { type: failing, in: { input: 'mic' as const } } }
  const executor = await stage.executor(definePipeline({ mode: 'realtime', inputs, nodes }))
  await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 1 }))
  t.equal(called, 1)
})

scenario('retry: an attempt that gave an output is never retried', async (t, stage) => {
  let called = 0
  const half = emitNode(
    'Half',
    function* () {
      called++
      yield { output: 'first' }
      throw new Error('second')
    },
    { purity: 'pure' },
  )
  const executor = await stage.executor(one(half, { on_error: 'skip' }))
  const results = await executor.execute({ mic: 1 })
  t.equal(called, 1)
  t.equal(results.get('output'), 'first')
  t.equal(results.ledger.failed, 1)
})

scenario('retry: a head that is retried holds the others behind it', async (t, stage) => {
  let left = 1
  const flaky = mapNode(
    'Flaky',
    async (n) => {
      if (n === 0 && left-- > 0) throw new Error('once')
      return n
    },
    { purity: 'pure', concurrency: 3 },
  )
  const session = await stage.open(one(flaky))
  const got = gather(session)
  for (let n = 0; n < 3; n++) await session.send({ mic: n })
  await stage.clock.advance(99)
  t.same(got, [])
  await stage.clock.advance(1)
  t.same(got, [0, 1, 2])
  await session.end()
})

scenario(
  'retry: an interrupt ends the wait, and what a deaf attempt throws later is no retry, no error and no failure of the breaker',
  async (t, stage) => {
    const deaf = gate<never>()
    let called = 0
    const node = mapNode(
      'Deaf',
      (n) => {
        called++
        return n === 'deaf' ? deaf.promise : Promise.reject(new Error('no'))
      },
      { purity: 'pure' },
    )
    const executor = await stage.executor(one(node, { breaker: { failures: 1 } }))
    const session = await executor.open()
    await session.send({ mic: 'fails' })
    await stage.clock.advance(50)
    t.equal(stage.clock.pending, 1, 'it waits for its retry')
    session.interrupt()
    await settled()
    t.equal(stage.clock.pending, 0)
    t.equal(called, 1)
    await session.send({ mic: 'deaf' })
    await settled()
    t.equal(called, 2)
    session.interrupt()
    deaf.fail(new Error('too late'))
    await stage.clock.advance(1000)
    const { retries, breaker, failed, cancelled } = executor.metrics().nodes.n as NonNullable<
      ReturnType<typeof executor.metrics>['nodes'][string]
    >
    t.same(
      { called, retries, breaker, failed, cancelled },
      { called: 2, retries: 1, breaker: 'closed', failed: 0, cancelled: 2 },
    )
    t.equal((await session.end()).cancelled, 2)
  },
)

scenario('retry: of a sink that says retrySafe', async (t, stage) => {
  const got: number[] = []
  let left = 2
  const base = sinkTo((n) => {
    if (left-- > 0) throw new Error('busy')
    got.push(n)
  })
  const sink = { ...base, spec: { ...base.spec, retrySafe: true } }
  const executor = await stage.executor(definePipeline({ inputs, nodes: { n: { type: sink, in: { input: 'mic' } } } }))
  const run = executor.execute({ mic: 9 })
  await stage.clock.advance(300)
  t.equal((await run).ledger.delivered, 1)
  t.same(got, [9])
})
