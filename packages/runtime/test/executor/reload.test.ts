import { type Manifest, Registry, type Session } from '@anabranch/runtime'
import { bufferCount, map } from 'rxjs'
import type { Test } from 'tap'
import { rejected } from '../coded.ts'
import { gate, gather } from '../nodes.ts'
import { type Stage, scenario, settled } from '../scenario.ts'
import { type Any, code, running, told, version } from './edited-code.ts'

/** What comes of three values by the code `a`, then of three by `b`. */
async function threeAndThree(t: Test, stage: Stage, pairs: (name: string) => ReturnType<typeof code>) {
  const { executor, session, got, send } = await running(stage, pairs('a'))
  await Promise.all(send(1, 2, 3))
  await settled()
  await executor.reload(pairs('b'))
  await Promise.all(send(4, 5, 6))
  t.match(await session.end(), { accepted: 6, delivered: 6, balanced: true })
  return got
}

scenario('reload: what came before is answered by the old code, what comes after by the new', async (t, stage) => {
  const { executor, session, got, send } = await running(stage, version('a'))
  await Promise.all(send(1, 2))
  await settled()
  t.same(await executor.reload(version('b')), ['edited'])
  await Promise.all(send(3, 4))
  t.same(await executor.reload(version('c')), ['edited'])
  await Promise.all(send(5))
  const ledger = await session.end()
  t.same(got, ['a1', 'a2', 'b3', 'b4', 'c5'])
  t.match(ledger, { accepted: 5, delivered: 5, in_flight: 0, balanced: true })
  await executor.close()
  t.same(told, ['a prepared', 'b prepared', 'a cleaned up', 'c prepared', 'b cleaned up', 'c cleaned up'])
})

scenario('reload: what is at work settles first, in its order, and what is on the edge waits', async (t, stage) => {
  const gates = [gate<void>(), gate<void>()]
  const slow = code(
    () => ({
      execute: async ({ input }: Any) => {
        await gates[input]?.promise
        return { output: `old ${input}` }
      },
    }),
    { purity: 'pure', concurrency: 2 },
  )
  const quick = code(() => ({ execute: ({ input }: Any) => ({ output: `new ${input}` }) }), {
    purity: 'pure',
    concurrency: 2,
  })
  const { executor, session, got, send } = await running(stage, slow)
  send(0, 1, 2, 3)
  await settled()
  const reloading = executor.reload(quick)
  await settled()
  t.same(got, [], 'nothing is taken while it gives way')
  gates[1]?.open()
  await settled()
  t.same(got, [])
  gates[0]?.open()
  await reloading
  await settled()
  t.same(got, ['old 0', 'old 1', 'new 2', 'new 3'])
  t.match(await session.end(), { accepted: 4, delivered: 4, balanced: true })
})

/** Gives sums of three; what is left at the end is its tail. */
const sums = (name: string, state: boolean) =>
  code(
    () => {
      let kept: number[] = []
      let count = 0
      const give = () => {
        const output = { by: name, sum: kept.reduce((sum, n) => sum + n, 0), count: ++count }
        kept = []
        return { output }
      }
      return {
        execute({ input }: Any) {
          kept.push(input)
          return kept.length === 3 ? give() : undefined
        },
        flush: () => (kept.length > 0 ? give() : undefined),
        ...(state && {
          snapshot: () => ({ count }),
          restore(state: { count: number }) {
            count = state.count
          },
        }),
      }
    },
    { time: 'span' },
  )

scenario('reload: the tail of the old code goes out, and nothing of it is in the new', async (t, stage) => {
  const { executor, session, got, send } = await running(stage, sums('a', false))
  await Promise.all(send(1, 2, 3, 4, 5))
  await settled()
  await executor.reload(sums('b', false))
  await Promise.all(send(6, 7, 8, 9))
  const ledger = await session.end()
  t.same(got, [
    { by: 'a', sum: 6, count: 1 },
    { by: 'a', sum: 9, count: 2 },
    { by: 'b', sum: 21, count: 1 },
    { by: 'b', sum: 9, count: 2 },
  ])
  t.match(ledger, { accepted: 9, delivered: 9, balanced: true })
})

scenario(
  'reload: state moves by snapshot and restore, where both codes have them, and not otherwise',
  async (t, stage) => {
    const { executor, session, got, send } = await running(stage, sums('a', true))
    await Promise.all(send(1, 2, 3, 4))
    await settled()
    await executor.reload(sums('b', true))
    await Promise.all(send(5, 6, 7))
    await settled()
    await executor.reload(sums('c', false))
    await Promise.all(send(8))
    await session.end()
    t.same(got, [
      { by: 'a', sum: 6, count: 1 },
      { by: 'a', sum: 4, count: 2 },
      { by: 'b', sum: 18, count: 3 },
      { by: 'c', sum: 8, count: 1 },
    ])
  },
)

scenario('reload: the operator form completes its input, and the tail goes out', async (t, stage) => {
  const pairs = (name: string) =>
    code(() => ({
      operator: () => (inputs$: Any) =>
        inputs$.pipe(
          map(({ input }: Any) => input),
          bufferCount(2),
          map((pair: unknown) => ({ output: [name, pair] })),
        ),
    }))
  const got = await threeAndThree(t, stage, pairs)
  t.same(got, [
    ['a', [1, 2]],
    ['a', [3]],
    ['b', [4, 5]],
    ['b', [6]],
  ])
})

scenario('reload: the stream form ends its input, and the tail goes out', async (t, stage) => {
  const pairs = (name: string) =>
    code(() => ({
      async *stream(inputs: AsyncIterable<Any>) {
        let first: unknown
        for await (const { input } of inputs)
          if (first === undefined) first = input
          else {
            yield { output: [name, first, input] }
            first = undefined
          }
        if (first !== undefined) yield { output: [name, first] }
      },
    }))
  const got = await threeAndThree(t, stage, pairs)
  t.same(got, [
    ['a', 1, 2],
    ['a', 3],
    ['b', 4, 5],
    ['b', 6],
  ])
})

const countTo = (name: string, end: number, state: boolean) =>
  code(
    () => {
      let at = 0
      return {
        async *source() {
          while (at < end) {
            at++
            yield { output: `${name}${at}` }
          }
        },
        ...(state && {
          snapshot: () => at,
          restore(given: number) {
            at = given
          },
        }),
      }
    },
    { inputs: {} } as Any,
  )

const fromSource = {
  version: 'v1',
  nodes: { edited: { type: 'Edited' } },
} as unknown as Manifest

scenario(
  'reload: a source goes on where it was, by snapshot and restore; without them it is refused',
  async (t, stage) => {
    told.length = 0
    const registry = new Registry([countTo('a', 300, true)])
    const executor = await stage.executor(fromSource as Any, { registry })
    const session = (await executor.open()) as Session
    const got: string[] = []
    for await (const { value } of session.outputs as Any) {
      got.push(value)
      if (got.length === 100) await executor.reload(countTo('b', 300, true))
      if (got.length === 200) {
        const error = await rejected('ANB_NOT_AVAILABLE', executor.reload(countTo('c', 300, false)))
        t.match(error.message, /begins anew .* twice/)
        t.match(error.fix, /snapshot\(\) and restore/)
      }
    }
    t.same(
      got.map((text) => Number(text.slice(1))),
      Array.from({ length: 300 }, (_, n) => n + 1),
      'each number once, in order',
    )
    t.match(got.map((text) => text[0]).join(''), /^a{100,164}b+$/)
    t.match(session.ledger(), { accepted: 300, delivered: 300, balanced: true })
  },
)

scenario('reload: a session that is opened meanwhile takes the new code too', async (t, stage) => {
  const { executor, session } = await running(stage, version('a'))
  const model = gate<void>()
  const reloading = executor.reload(version('b', () => ({ prepare: () => model.promise })))
  await settled()
  const second = (await executor.open()) as Session
  const got = gather(second as Any)
  model.open()
  await reloading
  await second.send({ given: 1 } as Any)
  await second.end()
  t.same(got, ['b1'])
  await session.end()
})

scenario('reload: a session that is being opened takes the new code, and not one node of each', async (t, stage) => {
  const model = gate<void>()
  let prepared = 0
  const slow = version('a', () => ({
    prepare: () => (++prepared === 1 ? undefined : model.promise),
  }))
  const { executor, session } = await running(stage, slow)
  const opening = executor.open()
  await settled()
  await executor.reload(version('b'))
  model.open()
  const second = (await opening) as Session
  const got = gather(second as Any)
  await second.send({ given: 1 } as Any)
  await second.end()
  t.same(got, ['b1'])
  await session.end()
  await executor.close()
  t.equal(told.filter((line) => line === 'a cleaned up').length, 2)
})
