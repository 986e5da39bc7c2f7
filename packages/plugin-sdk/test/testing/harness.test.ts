import { audio, defineNode, describeNode, number, text } from '@anabranch/plugin-sdk'
import { clip, harness } from '@anabranch/plugin-sdk/testing'
import { interval, map, mergeMap, take } from 'rxjs'
import t from 'tap'
import { rejected } from '../coded.ts'
import { both, chunker, gain, later, pairs, settled, ticker } from './nodes.ts'

t.test('harness: the execute form, flush, and media time counted in samples', async (t) => {
  const node = await harness(chunker, { samples: 160 })
  t.equal((await node.push({ input: clip.sine(25) })).length, 2)
  t.equal((await node.push({ input: clip.sine(25) })).length, 3)
  t.same(await node.flush(), [])
  t.same(
    node.emitted.map(({ envelope }) => [envelope.seq, envelope.pts]),
    [0, 1, 2, 3, 4].map((n) => [n, n * 10_000]),
  )
  await node.close()
})

t.test('harness: control inputs hold their last value and trigger nothing', async (t) => {
  const node = await harness(gain)
  const peak = async () => Math.max(...((await node.push({ input: clip.sine(5) }))[0]?.output?.samples ?? []))
  const before = await peak()
  t.same(await node.push({ trim: 0.5 }), [])
  t.equal(await peak(), before / 2)
  await node.close()
})

t.test('harness: what a node puts off comes with advance', async (t) => {
  const node = await harness(settled, { ms: 30 })
  await node.push({ input: 'a' })
  await node.advance(20)
  t.same(await node.push({ input: 'b' }), [])
  await node.advance(30)
  t.match(node.emitted, [{ outputs: { output: 'b' }, at: 50 }])
  await node.push({ input: 'c' })
  t.same(await node.flush(), [{ output: 'c' }])
  await node.close()
})

t.test('harness: time of RxJS is virtual after an await too, and in two harnesses at once', async (t) => {
  const slow = defineNode({
    type: 'SlowNode',
    summary: 'Starts timers in promises.',
    inputs: { input: number },
    outputs: { output: number },
    create: () => ({
      operator: () =>
        mergeMap(async ({ input }) => {
          await Promise.resolve()
          return new Promise<{ output: number }>((resolve) =>
            interval(input)
              .pipe(take(3))
              .subscribe({ complete: () => resolve({ output: input }) }),
          )
        }),
    }),
  })
  const [one, two] = await Promise.all([harness(slow), harness(slow)])
  await Promise.all([one.push({ input: 1000 }), two.push({ input: 10 })])
  await two.advance(30)
  t.match(two.emitted, [{ at: 30 }])
  t.same(one.emitted, [])
  await one.advance(3000)
  t.match(one.emitted, [{ at: 3000 }])
  await Promise.all([one.close(), two.close()])
})

t.test('harness: a node that waits on the clock; its errors are coded and kept', async (t) => {
  const node = await harness(later, { ms: 100 })
  const first = node.push({ input: 'a' })
  const second = rejected('ANB_NODE_EXECUTION', node.push({ input: 'x' }))
  const third = node.push({ input: 'b' })
  await node.advance(300)
  t.same(await first, [{ output: 'a' }])
  t.match(await second, { nodeId: 'LaterNode', cause: { message: 'x is refused' } })
  t.same(await third, [{ output: 'b' }])
  t.match(node.errors, [{ code: 'ANB_NODE_EXECUTION' }])
  t.same(
    node.emitted.map(({ at }) => at),
    [100, 300],
    'one after the other',
  )
  t.same(node.counters, { passed: 3 })
  await node.close()
})

t.test('harness: cancel aborts the set at work, and the node goes on', async (t) => {
  const node = await harness(later, { ms: 100 })
  const cancelled = node.push({ input: 'a' })
  await node.advance(10)
  node.cancel()
  t.same(await cancelled, [])
  const next = node.push({ input: 'b' })
  await node.advance(100)
  t.same(await next, [{ output: 'b' }])
  t.same(node.errors, [])
  await node.close()
})

t.test('harness: cancel of a stream and of an operator begins anew', async (t) => {
  const stream = await harness(pairs)
  await stream.push({ input: 'a' })
  stream.cancel()
  t.same(await stream.push({ input: 'b' }), [])
  t.same(await stream.push({ input: 'c' }), [{ output: 'bc' }])
  await stream.push({ input: 'd' })
  t.same(await stream.flush(), [{ output: 'd' }])
  const operator = await harness(settled, { ms: 10 })
  await operator.push({ input: 'a' })
  operator.cancel()
  await operator.advance(10)
  t.same(operator.emitted, [])
  await operator.push({ input: 'b' })
  await operator.advance(10)
  t.match(operator.emitted, [{ outputs: { output: 'b' } }])
  await Promise.all([stream.close(), operator.close()])
})

t.test('harness: a source is pulled once a push', async (t) => {
  const node = await harness(ticker)
  t.same(await node.push({}), [{ output: 0 }])
  t.same(await node.push({}), [{ output: 1 }])
  t.same(await node.flush(), [])
  await node.close()
})

t.test('harness: envelopes: the default, an override, time own and span', async (t) => {
  const timed = defineNode({
    type: 'TimedNode',
    summary: 'Says its own time.',
    time: 'own',
    inputs: { input: audio },
    outputs: { output: number },
    create: () => ({
      execute: (_, context) => context.at(context.envelope.pts + 5, { output: context.envelope.lost ?? 0 }),
    }),
  })
  const node = await harness(timed)
  await node.push({ input: clip.silence(10) })
  await node.push({ input: clip.silence(10) }, { discont: true, lost: 2 })
  await node.push({ input: clip.silence(10) }, { pts: 90_000 })
  t.match(
    node.emitted.map(({ outputs, envelope }) => [outputs.output, envelope.pts]),
    [
      [0, 5],
      [2, 10_005],
      [0, 90_005],
    ],
  )
  await node.close()
  const joined = await harness(pairs)
  for (const [n, input] of ['a', 'b', 'c', 'd'].entries()) await joined.push({ input }, { pts: n * 1000 })
  t.same(
    joined.emitted.map(({ envelope }) => envelope.pts),
    [0, 2000],
    'a span has the time of its first input',
  )
  await joined.close()
})

t.test('harness: wrong outputs, inputs and params are coded', async (t) => {
  const odd = defineNode({
    type: 'OddNode',
    summary: 'Gives what it did not declare.',
    inputs: { input: text },
    outputs: { output: text },
    create: () => ({ execute: ({ input }) => ({ output: input, extra: 1 }) }),
  })
  const node = await harness(odd)
  t.match(await rejected('ANB_PLUGIN', node.push({ input: 'a' })), { nodeId: 'OddNode', message: /it gave "extra"/ })
  t.same(node.emitted, [])
  await node.close()
  const two = await harness(both)
  t.match(await rejected('ANB_INPUTS', two.push({ a: 'a' })), { key: 'b' })
  t.same(await two.push({ a: 'a', b: 'b' }), [{ output: 'ab', first: 'a' }])
  await two.close()
  await rejected('ANB_PARAMS', harness(chunker, { samples: 0 }))
  await rejected('ANB_NOT_AVAILABLE', harness(describeNode({ type: 'Far', summary: 'Elsewhere.' })))
})

t.test('harness: prepare may wait on the clock; cleanup is once, also after a failed prepare', async (t) => {
  const calls: string[] = []
  const node = (fails: boolean) =>
    defineNode({
      type: 'LifeNode',
      summary: 'Writes down its life.',
      inputs: { input: text },
      create: () => ({
        async prepare({ clock }) {
          await new Promise<void>((resolve) => clock.setTimeout(resolve, 1000))
          calls.push(`prepare ${clock.now()}`)
          if (fails) throw new Error('no model')
        },
        execute() {},
        onControl: (message) => void calls.push(`control ${message}`),
        cleanup: () => void calls.push('cleanup'),
      }),
    })
  const made = await harness(node(false))
  await made.control('louder')
  await made.close()
  await made[Symbol.asyncDispose]()
  t.same(calls, ['prepare 1000', 'control louder', 'cleanup'])
  calls.length = 0
  t.match(await rejected('ANB_NODE_EXECUTION', harness(node(true))), { nodeId: 'LifeNode', message: /no model/ })
  t.same(calls, ['prepare 1000', 'cleanup'])
})

t.test('harness: an operator that fails is made anew', async (t) => {
  let made = 0
  const fragile = defineNode({
    type: 'FragileNode',
    summary: 'Fails on x.',
    inputs: { input: text },
    outputs: { output: text },
    create: () => ({
      operator: () => {
        made++
        return map(({ input }) => {
          if (input === 'x') throw new Error('x')
          return { output: input }
        })
      },
    }),
  })
  const node = await harness(fragile)
  t.same(await node.push({ input: 'a' }), [{ output: 'a' }])
  await rejected('ANB_NODE_EXECUTION', node.push({ input: 'x' }))
  t.same(await node.push({ input: 'b' }), [{ output: 'b' }])
  t.equal(made, 2)
  await node.close()
})
