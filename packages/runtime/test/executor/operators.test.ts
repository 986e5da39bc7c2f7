import { anything, defineNode } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import {
  bufferCount,
  concat,
  delay,
  EMPTY,
  filter,
  from,
  map,
  mergeMap,
  NEVER,
  Observable,
  type OperatorFunction,
  of,
  scan,
  shareReplay,
  startWith,
  take,
} from 'rxjs'
import { rejected } from '../coded.ts'
import { gather, pass, rxNode, sourceOf, upTo } from '../nodes.ts'
import { type Stage, scenario, settled } from '../scenario.ts'

type Extras = { lineage?: 'each' | 'span'; timed?: boolean; maxHeld?: number }
const through = (
  operator: () => OperatorFunction<unknown, unknown>,
  extras: Extras = {},
  options: object = {},
  count = 20,
) =>
  definePipeline({
    nodes: {
      from: { type: sourceOf(() => upTo(count)) },
      op: { type: rxNode('Op', operator as never, extras), in: { input: 'from.output' }, ...options },
      last: { type: pass, in: { input: 'op.output' } },
    },
  })
const counts = (
  stage: Stage,
  executor: {
    metrics(): { nodes: Record<string, { produced: number; absorbed: number; filtered: number; failed: number }> }
  },
) => {
  void stage
  const { produced, absorbed, filtered, failed } = executor.metrics().nodes.op as never
  return { produced, absorbed, filtered, failed }
}

scenario('operator: bufferCount(10, 1) has a hold set of its own for each output', async (t, stage) => {
  const executor = await stage.executor(through(() => bufferCount(10, 1)))
  const results = await executor.execute()
  const expected = await new Promise((resolve) =>
    from(upTo(20)).pipe(bufferCount(10, 1), bufferCount(99)).subscribe(resolve),
  )
  t.same(results.all('last.output'), expected)
  t.same(counts(stage, executor), { produced: 10, absorbed: 10, filtered: 0, failed: 0 })
  t.equal(results.ledger.delivered, 20)
})

scenario('operator: bufferCount(3) merges times and roots of its inputs', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: { op: { type: rxNode('Threes', () => bufferCount(3)), in: { input: 'mic' } } },
    }),
  )
  const seen: unknown[] = []
  session.outputs.subscribe(({ value, envelope }) => seen.push([value, envelope.pts, envelope.duration]))
  for (let n = 0; n < 6; n++) await session.send({ mic: n }, { pts: n * 1000 })
  const ledger = await session.end()
  t.same(seen, [
    [[0, 1, 2], 0, 2000],
    [[3, 4, 5], 3000, 2000],
  ])
  t.match(ledger, { accepted: 6, delivered: 6 })
})

scenario('operator: what is held at completion without an output is filtered', async (t, stage) => {
  const executor = await stage.executor(through(() => bufferCount(8)))
  const results = await executor.execute()
  t.equal(results.all('last.output').length, 3, 'bufferCount gives its rest at completion')
  t.equal(results.ledger.delivered, 20)
  const silent = await stage.executor(through(() => (inputs) => inputs.pipe(mergeMap(() => EMPTY, 1))))
  const none = await silent.execute()
  t.equal(none.ledger.filtered, 20)
  t.equal(counts(stage, silent).filtered, 20)
})

scenario('operator: delay, timed, keeps every item until its timer', async (t, stage) => {
  const executor = await stage.executor(through(() => delay(3), { timed: true }))
  const results = await executor.execute()
  t.same(results.all('last.output'), [...upTo(20)])
  t.equal(results.ledger.delivered, 20)
})

scenario('operator: one that waits for a timer without timed: true is a stall that says so', async (t, stage) => {
  const executor = await stage.executor(through(() => () => NEVER))
  const error = await rejected('ANB_STALL', executor.execute())
  t.match(error.message, /op did not complete after the input did/)
  t.match(error.fix, /timed: true/)
})

scenario('operator: scan and shareReplay with lineage each are 1:1', async (t, stage) => {
  for (const operator of [() => scan((sum: number, n: number) => sum + n, 0), () => shareReplay(5)]) {
    const executor = await stage.executor(through(operator as never, { lineage: 'each' }))
    const results = await executor.execute()
    t.equal(results.all('last.output').length, 20)
    t.same(counts(stage, executor), { produced: 20, absorbed: 0, filtered: 0, failed: 0 })
  }
})

scenario(
  'operator: filter with lineage each settles what gave nothing at once, however much it is',
  async (t, stage) => {
    const executor = await stage.executor(
      through(() => filter((n) => (n as number) % 100 === 99), { lineage: 'each' }, {}, 1000),
    )
    const results = await executor.execute()
    t.equal(results.all('last.output').length, 10)
    t.same(counts(stage, executor), { produced: 10, absorbed: 0, filtered: 990, failed: 0 })
    t.match(results.ledger, { delivered: 10, filtered: 990 })
  },
)

scenario(
  'operator: filter with lineage span over 256 silent inputs is ANB_HELD_LIMIT, naming lineage: each',
  async (t, stage) => {
    const executor = await stage.executor(through(() => filter((n) => (n as number) > 900), {}, {}, 1000))
    const error = await rejected('ANB_HELD_LIMIT', executor.execute())
    t.match(error, { nodeId: 'op', limit: 256 })
    t.match(error.fix, /lineage: 'each'/)
    const near = await stage.executor(through(() => filter((n) => (n as number) % 250 === 249), {}, {}, 1000))
    t.equal((await near.execute()).ledger.delivered, 1000)
  },
)

scenario('operator: mergeMap of promises with span gives all, and loses no root', async (t, stage) => {
  const waits: (() => void)[] = []
  const later = (n: unknown) => new Promise((resolve) => waits.push(() => resolve(n)))
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: { op: { type: rxNode('Later', () => mergeMap(later, 4), { timed: true }), in: { input: 'mic' } } },
    }),
  )
  const got = gather(session)
  for (let n = 0; n < 4; n++) await session.send({ mic: n })
  await settled()
  for (const at of [2, 0]) {
    waits[at]?.()
    await settled()
  }
  t.same(got, [2, 0])
  const ending = session.end()
  for (const at of [1, 3]) waits[at]?.()
  t.match(await ending, { accepted: 4, delivered: 4 })
  t.same(got, [2, 0, 1, 3])
})

scenario(
  'operator: a throwing next fails its item by the policy; with skip the operator is made anew and marks the gap',
  async (t, stage) => {
    const throwing = () =>
      map((n: unknown) => {
        if ((n as number) % 7 === 3) throw new Error(`no ${n}`)
        return n
      })
    const failing = await stage.executor(through(throwing, { lineage: 'each' }))
    t.match(await rejected('ANB_NODE_EXECUTION', failing.execute()), { nodeId: 'op', message: /no 3/ })
    const skipping = await stage.executor(through(throwing, { lineage: 'each' }, { on_error: 'skip' }))
    const session = await skipping.open()
    const seen: unknown[] = []
    session.outputs.subscribe(({ value, envelope }) => seen.push(envelope.discont ? `${value}!` : value))
    const ledger = await session.end()
    t.same(seen, [0, 1, 2, '4!', 5, 6, 7, 8, 9, '11!', 12, 13, 14, 15, 16, '18!', 19])
    t.match(ledger, { delivered: 17, failed: 3 })
  },
)

scenario('operator: it is made anew five times a minute, then its error is the session’s', async (t, stage) => {
  const executor = await stage.executor(
    through(
      () =>
        map(() => {
          throw new Error('always')
        }),
      { lineage: 'each' },
      { on_error: 'skip' },
    ),
  )
  await rejected('ANB_NODE_EXECUTION', executor.execute())
  t.equal(counts(stage, executor).failed, 6)
})

scenario('operator: with span an error takes all that is held', async (t, stage) => {
  const letters: unknown[] = []
  const operator = () => (inputs: Observable<unknown>) =>
    inputs.pipe(
      mergeMap((n) => {
        if (n === 4) throw new Error('four')
        return EMPTY
      }, 1),
    )
  const executor = await stage.executor(through(operator as never, {}, { on_error: 'dead-letter' }, 5), {
    onDeadLetter: ({ inputs }) => letters.push(inputs),
  })
  const { ledger } = await executor.execute()
  t.equal(ledger.dead_lettered, 5)
  t.same(
    letters,
    [0, 1, 2, 3, 4].map((input) => ({ input })),
  )
})

scenario('operator: one that never completes is given the drain time, and named', async (t, stage) => {
  const session = await stage.open(through(() => (inputs) => concat(inputs, NEVER), { lineage: 'each', timed: true }))
  const got = gather(session)
  const ended = rejected('ANB_TIMEOUT', session.end())
  await stage.clock.advance(10_000)
  t.match((await ended).message, /op did not complete within 10000 ms/)
  t.equal(got.length, 20)
  const closing = session.close()
  await stage.clock.advance(10_000)
  t.equal((await closing).delivered, 20)
})

scenario(
  'operator: startWith emits inside subscribe; take(5) completes inside next, and stops the source',
  async (t, stage) => {
    const first = await stage.executor(through(() => startWith('first'), { lineage: 'each' }, {}, 2))
    t.same((await first.execute()).all('last.output'), ['first', 0, 1])
    let asked = 0
    const endless = sourceOf(function* () {
      for (;;) yield asked++
    })
    const five = await stage.executor(
      definePipeline({
        nodes: {
          from: { type: endless },
          op: { type: rxNode('Five', () => take(5), { lineage: 'each' }), in: { input: 'from.output' } },
        },
      }),
    )
    const results = await five.execute()
    t.same(results.all('op.output'), [0, 1, 2, 3, 4])
    t.equal(results.ledger.dropped.closed, results.ledger.accepted - 5)
    t.ok(asked < 1000)
  },
)

scenario('operator: a replaced one that still calls is not heard', async (t, stage) => {
  const calls: ((n: unknown) => void)[] = []
  const deaf = defineNode({
    type: 'Deaf',
    summary: 'Calls whenever it likes.',
    timed: true,
    lineage: 'each',
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({
      operator: () => (inputs) =>
        new Observable((subscriber) => {
          calls.push((output) => subscriber.next({ output }))
          return inputs.pipe(mergeMap(() => of<{ output: unknown }>(), 1)).subscribe(subscriber)
        }),
    }),
  })
  const session = await stage.open(
    definePipeline({ inputs: { mic: anything }, nodes: { op: { type: deaf, in: { input: 'mic' } } } }),
  )
  const got = gather(session)
  await session.send({ mic: 1 })
  await settled()
  session.interrupt()
  await session.send({ mic: 2 })
  await settled()
  t.equal(calls.length, 2)
  calls[0]?.('old')
  calls[1]?.('new')
  await settled()
  t.same(got, ['new'])
  await session.end()
})
