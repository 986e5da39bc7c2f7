import { anything, NodeOutputs } from '@anabranch/plugin-sdk'
import { definePipeline, Registry } from '@anabranch/runtime'
import { filter, lastValueFrom, type Observable, type Subscription, take, toArray } from 'rxjs'
import { rejected, thrown } from './coded.ts'
import { emitNode, gate, gather, mapNode, pairNode, quickSource, rxNode, sinkTo, sourceOf, upTo } from './nodes.ts'
import { scenario, settled } from './scenario.ts'

const inputs = { value: anything }
const plus = mapNode('Plus', (n) => n + 1, { purity: 'pure' })
const times = mapNode('Times', (n) => n * 10, { purity: 'pure' })
const burst = emitNode('Burst', (n) => Array.from(upTo(n), (output) => ({ output })))

/** `first` is not final, so that only a tap can show what it gives. */
const chain = definePipeline({
  inputs,
  nodes: { first: { type: plus, in: { input: 'value' } }, last: { type: times, in: { input: 'first.output' } } },
})
const all = <T>(values: Observable<T>) => lastValueFrom(values.pipe(toArray()))

scenario('tap: shows an output in the middle to all who look, until the node ends', async (t, stage) => {
  const executor = await stage.executor(chain)
  const session = await executor.open()
  const outputs = gather(session)
  const seen = [all(session.tap('first.output')), all(session.tap('first.output'))]
  for (const value of upTo(5)) await session.send({ value })
  const ledger = await session.end()
  for (const values of seen) t.same(await values, [1, 2, 3, 4, 5])
  t.same(outputs, [10, 20, 30, 40, 50])
  t.match(ledger, { accepted: 5, delivered: 5, in_flight: 0, balanced: true })
  const { edges } = executor.metrics()
  t.match(edges['first.output -> (tap).output'], { pushed: 5, taken: 5, depth: 0 }, 'one edge for both, counted')
  t.equal(edges['first.output -> (tap).output']?.age_us.count, 5)
  t.same(await all(session.tap('first.output')), [], 'one that comes too late completes')
})

scenario('tap: keeps the newest 64, counts what it drops, and changes no fate', async (t, stage) => {
  const got: unknown[] = []
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: {
        burst: { type: burst, in: { input: 'value' } },
        sink: { type: sinkTo(got), in: { input: { from: 'burst.output', max: 1000 } } },
      },
    }),
  )
  const session = await executor.open()
  const seen = all(session.tap('burst.output'))
  await session.send({ value: 100 })
  const ledger = await session.end()
  t.equal(got.length, 100)
  t.same(await seen, [...upTo(100)].slice(-64), 'the newest')
  const edge = executor.metrics().edges['burst.output -> (tap).output']
  t.match(edge, { pushed: 100, taken: 64, high_water: 64, dropped: { overflow: 36 } })
  t.match(ledger, { accepted: 1, delivered: 1, dropped: { overflow: 0 }, balanced: true })
})

scenario('tap: given to open(), it sees the first value too; one that is not there is refused', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: { from: { type: quickSource(() => upTo(3)) }, p: { type: plus, in: { input: 'from.output' } } },
    }),
  )
  const seen: unknown[] = []
  const session = await executor.open({ taps: { 'from.output': (value) => seen.push(value) } })
  gather(session)
  t.match(await session.end(), { accepted: 3, delivered: 3, balanced: true })
  t.same(seen, [...upTo(3)])
  await rejected('ANB_NODE_NOT_FOUND', executor.open({ taps: { 'form.output': () => undefined } as never }))
})

scenario('tap: its depth is seen while it runs, from inside an onlooker', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { burst: { type: burst, in: { input: 'value' } } } }),
  )
  const session = await executor.open()
  gather(session)
  const depths: (number | undefined)[] = []
  session.tap('burst.output').subscribe(() => {
    depths.push(executor.metrics().edges['burst.output -> (tap).output']?.depth)
  })
  await session.send({ value: 3 })
  await session.end()
  t.same(depths, [2, 1, 0])
})

scenario('tap: comes and goes while it runs; the laws hold, and nothing of it is left', async (t, stage) => {
  const executor = await stage.executor(chain)
  const session = await executor.open()
  const outputs = gather(session)
  const { length } = Object.keys(executor.metrics().edges)
  const seen: number[] = []
  for (const value of upTo(30)) {
    const early = session.tap('first.output').subscribe((n) => seen.push(n as number))
    const late = session.tap('first.output').subscribe(() => undefined)
    t.ok(session.trySend({ value }))
    if (value % 3 !== 0) await settled()
    early.unsubscribe()
    late.unsubscribe()
    t.same(session.audit(), [])
    await session.send({ value: -1 })
    t.equal(Object.keys(executor.metrics().edges).length, length, 'detached with the last who looked')
  }
  const ledger = await session.end()
  t.same(
    seen,
    [...upTo(30)].filter((n) => n % 3 !== 0).map((n) => n + 1),
    'what was not looked at in time is no loss',
  )
  t.equal(outputs.length, 60)
  t.match(ledger, { accepted: 60, delivered: 60, balanced: true })
})

scenario('tap: an onlooker may leave, and another come, inside next', async (t, stage) => {
  const session = await stage.open(chain)
  gather(session)
  const second: unknown[] = []
  const first = all(session.tap('first.output').pipe(take(2)))
  session
    .tap('first.output')
    .pipe(take(1))
    .subscribe({ complete: () => session.tap('first.output').subscribe((n) => second.push(n)) })
  for (const value of upTo(4)) await session.send({ value })
  const ledger = await session.end()
  t.same(await first, [1, 2])
  t.same(second, [2, 3, 4])
  t.ok(ledger.balanced)
})

scenario('tap: keeps no producer alive', async (t, stage) => {
  const given: number[] = []
  const first = rxNode('First', () => take(1), { lineage: 'each' })
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        numbers: {
          type: quickSource(function* () {
            for (const n of upTo(1_000_000)) {
              given.push(n)
              yield n
            }
          }),
        },
        first: { type: first, in: { input: 'numbers.output' } },
      },
    }),
  )
  const session = await executor.open()
  const outputs = gather(session)
  const seen = all(session.tap('numbers.output'))
  const ledger = await session.end()
  t.same(outputs, [0])
  t.ok(given.length < 1000, 'the source stopped with its only reader')
  t.ok((await seen).length <= given.length)
  t.ok(ledger.balanced)
})

scenario('tap: a slow graph is not made slower, and a blocked one stays blocked', async (t, stage) => {
  const { promise, open } = gate()
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        numbers: { type: sourceOf(upTo(40)) },
        slow: { type: sinkTo(() => promise), in: { input: { from: 'numbers.output', max: 2 } } },
      },
    }),
  )
  const session = await executor.open()
  const seen: unknown[] = []
  session.tap('numbers.output').subscribe((n) => seen.push(n))
  await settled()
  t.same(seen, [0, 1, 2], 'one at work and two that wait: the tap pulls nothing')
  open()
  await session.end()
  t.same(seen, [...upTo(40)])
})

scenario('tap: shows a key that no edge reads, which stays unlinked', async (t, stage) => {
  const both = emitNode('Both', (n) => ({ output: n }))
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: {
        both: { type: both, in: { input: 'value' } },
        sink: { type: sinkTo([]), in: { input: 'value' } },
      },
    }),
  )
  const session = await executor.open()
  gather(session)
  await session.send({ value: 1 })
  const seen: unknown[] = []
  const looking = session.tap('both.output').subscribe((n) => seen.push(n))
  await session.send({ value: 2 })
  await settled()
  looking.unsubscribe()
  await session.send({ value: 3 })
  t.ok((await session.end()).balanced)
  t.same(seen, [2])
})

scenario('tap: a node without declared keys shows a key from its first value on', async (t, stage) => {
  const registry = new Registry().register('Loose', {
    runtime: 'javascript',
    create: () => ({
      nodeType: 'Loose',
      runtime: 'javascript',
      execute: (given) => new NodeOutputs({ found: given.get('input') as number }),
    }),
  })
  const executor = await stage.executor(
    { version: 'v1', inputs: { value: anything }, nodes: { loose: { type: 'Loose', in: { input: 'value' } } } },
    { registry },
  )
  const session = await executor.open()
  const outputs = gather(session)
  const seen = all(session.tap('loose.found' as never))
  const never = all(session.tap('loose.lost' as never))
  session
    .tap('loose.found' as never)
    .subscribe()
    .unsubscribe()
  session
    .tap('loose.other' as never)
    .subscribe()
    .unsubscribe()
  for (const value of upTo(3)) await session.send({ value })
  await session.end()
  t.same(await seen, [0, 1, 2])
  t.same(await never, [])
  t.same(outputs, [0, 1, 2])
})

scenario('tap: completes where the node fails, and the session tells why', async (t, stage) => {
  const picky = mapNode('Picky', (n) => {
    if (n === 2) throw new Error('no two')
    return n
  })
  const session = await stage.open(
    definePipeline({ inputs, nodes: { picky: { type: picky, in: { input: 'value' } } } }),
  )
  gather(session)
  const seen = all(session.tap('picky.output'))
  for (const value of upTo(3)) await session.send({ value })
  await rejected('ANB_NODE_EXECUTION', session.end())
  t.same(await seen, [0, 1])
})

scenario('tap: an interrupt and a cancel leave it balanced; a cancel completes it', async (t, stage) => {
  const { promise } = gate()
  const session = await stage.open(
    definePipeline({
      inputs,
      nodes: {
        first: { type: plus, in: { input: 'value' } },
        stuck: { type: mapNode('Stuck', () => promise), in: { input: 'first.output' } },
      },
    }),
  )
  gather(session)
  const seen = all(session.tap('first.output'))
  for (const value of upTo(3)) await session.send({ value })
  session.interrupt({ queued: true })
  await session.send({ value: 9 })
  const cancelling = session.cancel()
  await stage.clock.advance(20_000)
  const ledger = await cancelling
  t.match(ledger, { accepted: 4, cancelled: 4, in_flight: 0, balanced: true })
  t.equal((await seen)[0], 1, 'what the node gave before is still shown')
})

scenario('tap: at random moments, on any output, the laws hold after every step', async (t, stage) => {
  for (let seed = 1; seed <= 20; seed++) {
    let state = seed
    const roll = (sides: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 16) % sides
    }
    const later = mapNode('Later', (n) => (n % 3 === 0 ? Promise.resolve(n) : n))
    const looking: Subscription[] = []
    let seen = 0
    let opened = false
    const refs = ['numbers.output', 'twice.output', 'later.output', 'some.output', 'pair.output'] as const
    const look = () => {
      if (roll(2) === 0) looking.splice(roll(looking.length + 1), 1)[0]?.unsubscribe()
      else if (looking.length < 8) {
        const ref = refs[roll(refs.length)] as (typeof refs)[number]
        const taken = session.tap(ref).pipe(take(1 + roll(40)))
        looking.push(taken.subscribe(() => seen++))
      }
      if (roll(40) === 0) session.interrupt({ queued: roll(2) === 0 })
    }
    const executor = await stage.executor(
      definePipeline({
        nodes: {
          numbers: { type: quickSource(() => upTo(300)) },
          twice: { type: emitNode('Twice', (n) => [{ output: n }, { output: n }]), in: { input: 'numbers.output' } },
          later: { type: later, in: { input: { from: 'twice.output', max: 1 + roll(5) } } },
          some: {
            type: rxNode('Some', () => filter((n: number) => n % 2 === 0), { lineage: 'each' }),
            in: { input: { from: 'twice.output', policy: 'drop-oldest', max: 1 + roll(5) } },
          },
          pair: { type: pairNode('Pair', { join: 'latest' }), in: { left: 'later.output', right: 'some.output' } },
        },
      }),
      { probe: { step: () => opened && look() } },
    )
    const session = await executor.open()
    opened = true
    gather(session)
    const ledger = await session.end()
    t.match(ledger, { accepted: 300, in_flight: 0, balanced: true }, `seed ${seed}`)
    t.ok(seen > 0)
    const left = Object.keys(executor.metrics().edges).filter((name) => name.includes('(tap)'))
    t.ok(left.length <= refs.length)
  }
})

scenario('tap: an output that is not there is refused, with the nearest', async (t, stage) => {
  const session = await stage.open(chain)
  const nearest = thrown('ANB_NODE_NOT_FOUND', () => session.tap('first.outptu' as never))
  t.same(nearest.nearest, ['first.output'])
  t.match(nearest.message, /node "first" has no output "outptu"; did you mean "output"\?/)
  t.match(thrown('ANB_NODE_NOT_FOUND', () => session.tap('frist.output' as never)).message, /did you mean "first"/)
  t.match(thrown('ANB_NODE_NOT_FOUND', () => session.tap('first' as never)).message, /no output ""/)
  await session.end()
})
