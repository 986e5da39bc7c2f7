import { anything, defineNode, derived } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { concatMap, EMPTY, mergeMap, type Observable, of } from 'rxjs'
import { rejected } from '../coded.ts'
import { gate, gather, pass } from '../nodes.ts'
import { type Stage, scenario, settled } from '../scenario.ts'

type Sets = { readonly input: string }
const inputs = { mic: anything }

/** A node of lineage derived, between the input and a last node. */
function open(stage: Stage, operator: (inputs: Observable<Sets>) => Observable<object>, options: object = {}) {
  const node = defineNode({
    type: 'Derived',
    summary: 'Says itself what its outputs are made of.',
    lineage: 'derived',
    timed: true,
    maxHeld: 4,
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({ operator: () => operator as never }),
  })
  return stage.executor(
    definePipeline({
      inputs,
      nodes: { d: { type: node, in: { input: 'mic' }, ...options }, last: { type: pass, in: { input: 'd.output' } } },
    }),
  )
}

scenario('derived: asynchronous overlap, each output of its own set, in any order', async (t, stage) => {
  const gates = new Map<string, { open(): void }>()
  const executor = await open(stage, (sets) =>
    sets.pipe(
      mergeMap(async (set) => {
        const wait = gate()
        gates.set(set.input, wait)
        await wait.promise
        return derived(set, { output: set.input })
      }, 4),
    ),
  )
  const session = await executor.open()
  const seen: unknown[] = []
  session.outputs.subscribe(({ value, envelope }) => seen.push([value, envelope.pts]))
  for (const [at, letter] of ['a', 'b', 'c'].entries()) await session.send({ mic: letter }, { pts: at * 10 })
  await settled()
  gates.get('c')?.open()
  await settled()
  t.equal(session.ledger().delivered, 1)
  t.equal(session.ledger().in_flight, 2)
  gates.get('a')?.open()
  gates.get('b')?.open()
  const ledger = await session.end()
  t.same(seen, [
    ['c', 20],
    ['a', 0],
    ['b', 10],
  ])
  t.match(ledger, { accepted: 3, delivered: 3 })
  t.match(executor.metrics().nodes.d, { produced: 3, absorbed: 0, filtered: 0 })
})

scenario('derived: more leaves the set open; without outputs it is filtered', async (t, stage) => {
  const executor = await open(stage, (sets) =>
    sets.pipe(
      concatMap((set) =>
        set.input === 'none'
          ? of(derived(set))
          : of(
              derived(set, { output: 1 }, { more: true }),
              derived(set, { output: 2 }, { more: true }),
              derived(set, { output: 3 }),
            ),
      ),
    ),
  )
  const session = await executor.open()
  const got = gather(session)
  for (const letter of ['a', 'none', 'b']) await session.send({ mic: letter })
  const ledger = await session.end()
  t.same(got, [1, 2, 3, 1, 2, 3])
  t.match(ledger, { accepted: 3, delivered: 2, filtered: 1 })
  t.match(executor.metrics().nodes.d, { produced: 2, filtered: 1 })
})

scenario(
  'derived: a set left open by more is settled by its end, and is filtered if that never comes',
  async (t, stage) => {
    const executor = await open(stage, (sets) =>
      sets.pipe(concatMap((set) => of(derived(set, { output: set.input }, { more: true })))),
    )
    const session = await executor.open()
    const got = gather(session)
    await session.send({ mic: 'a' })
    await settled()
    t.equal(session.ledger().in_flight, 1, 'its root is open')
    const ledger = await session.end()
    t.same(got, ['a'])
    t.match(ledger, { accepted: 1, delivered: 1, in_flight: 0 })
  },
)

scenario('derived: one output of several sets absorbs them', async (t, stage) => {
  const executor = await open(stage, (sets) => {
    let kept: Sets[] = []
    return sets.pipe(
      concatMap((set) => {
        kept.push(set)
        if (kept.length < 2) return EMPTY
        const pair = kept
        kept = []
        return of(derived(pair, { output: pair.map(({ input }) => input) }))
      }),
    )
  })
  const session = await executor.open()
  const got = gather(session)
  for (const letter of ['a', 'b', 'c', 'd', 'e']) await session.send({ mic: letter })
  const ledger = await session.end()
  t.same(got, [
    ['a', 'b'],
    ['c', 'd'],
  ])
  t.match(ledger, { delivered: 4, filtered: 1 })
  t.match(executor.metrics().nodes.d, { absorbed: 4, filtered: 1 })
})

scenario('derived: credit: nothing is taken beyond maxHeld until a set is through', async (t, stage) => {
  const gates: { open(): void }[] = []
  const executor = await open(stage, (sets) =>
    sets.pipe(
      mergeMap(async (set) => {
        const wait = gate()
        gates.push(wait)
        await wait.promise
        return derived(set, { output: set.input })
      }, 100),
    ),
  )
  const session = await executor.open()
  const got = gather(session)
  for (let n = 0; n < 6; n++) await session.send({ mic: n })
  await settled()
  t.equal(gates.length, 4)
  gates[1]?.open()
  await settled()
  t.equal(gates.length, 5)
  t.same(got, [1])
  const ending = session.end()
  for (let n = 0; n < 6; n++) {
    gates[n]?.open()
    await settled()
  }
  t.equal((await ending).delivered, 6)
})

scenario('derived: an output that says nothing is an error of the node', async (t, stage) => {
  const executor = await open(stage, (sets) => sets.pipe(concatMap(({ input }) => of({ output: input }))))
  const error = await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 'a' }))
  t.match(error, { nodeId: 'd', message: /lineage: derived.*derived\(\)/, retryable: false })
})

scenario('derived: an error takes what is held by the policy, and the operator is made anew', async (t, stage) => {
  const operator = (sets: Observable<Sets>) =>
    sets.pipe(
      concatMap((set) => {
        if (set.input === 'bad') throw new Error('bad')
        return set.input === 'kept' ? EMPTY : of(derived(set, { output: set.input }))
      }),
    )
  const letters: unknown[] = []
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: {
        d: {
          type: defineNode({
            type: 'Derived',
            summary: 'Fails now and then.',
            lineage: 'derived',
            inputs: { input: anything },
            outputs: { output: anything },
            create: () => ({ operator: () => operator as never }),
          }),
          on_error: 'dead-letter',
          in: { input: 'mic' },
        },
      },
    }),
    { onDeadLetter: ({ inputs: record }) => letters.push(record) },
  )
  const session = await executor.open()
  const got = gather(session)
  for (const letter of ['a', 'kept', 'bad', 'b']) await session.send({ mic: letter })
  const ledger = await session.end()
  t.same(got, ['a', 'b'])
  t.same(letters, [{ input: 'kept' }, { input: 'bad' }])
  t.match(ledger, { delivered: 2, dead_lettered: 2 })
})
