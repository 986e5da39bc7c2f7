import { AudioBuffer, anything, defineNode, type NodeContext } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../coded.ts'
import { gate, gather, pass, sinkTo } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

const sourceNode = (
  source: (context: NodeContext) => AsyncIterable<{ output: unknown }> | Iterable<{ output: unknown }>,
) =>
  defineNode({
    type: 'Source',
    summary: 'A source of a test.',
    outputs: { output: anything },
    create: () => ({ source }),
  })
const through = (type: ReturnType<typeof sourceNode>) =>
  definePipeline({ nodes: { from: { type }, p: { type: pass, in: { input: 'from.output' } } } })

scenario('source: pulled only on credit, and told to end when nobody reads it any more', async (t, stage) => {
  let given = 0
  let ended = 0
  const endless = sourceNode(async function* () {
    try {
      for (;;) yield { output: given++ }
    } finally {
      ended++
    }
  })
  const session = await stage.open(
    definePipeline({
      nodes: {
        from: { type: endless },
        out: { type: sinkTo(() => new Promise(() => undefined)), in: { input: { from: 'from.output', max: 3 } } },
      },
    }),
  )
  await settled()
  t.equal(given, 4, '1 executes, 3 wait')
  const closing = session.close()
  await stage.clock.advance(10_000)
  await closing
  t.equal(ended, 1)
})

scenario('source: an error names it, after what it gave; siblings stop, all is accounted for', async (t, stage) => {
  for (const form of ['sync', 'async'] as const) {
    const broken = sourceNode(
      form === 'sync'
        ? function* () {
            yield { output: 1 }
            throw new Error('unplugged')
          }
        : async function* () {
            yield { output: 1 }
            throw new Error('unplugged')
          },
    )
    const session = await stage.open(through(broken))
    const got = gather(session)
    t.match(await rejected('ANB_NODE_EXECUTION', session.end()), { nodeId: 'from', message: /unplugged/ })
    t.same(got, [1])
  }
})

scenario('source: what it throws because it was stopped is no error of the session', async (t, stage) => {
  const waiting = sourceNode(async function* ({ signal }) {
    yield { output: 1 }
    await new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason ?? new Error('aborted'))),
    )
  })
  const session = await stage.open(through(waiting))
  const got = gather(session)
  await settled()
  const ledger = await session.close()
  await settled()
  t.same(got, [1])
  t.equal(session.error, undefined)
  t.equal(ledger.delivered, 1)
  t.match(await session.end(), { balanced: true })
})

scenario('source: one that is deaf does not hold the close', async (t, stage) => {
  const wait = gate()
  const deaf = sourceNode(async function* () {
    yield { output: 1 }
    await wait.promise
    yield { output: 2 }
  })
  const session = await stage.open(through(deaf))
  const got = gather(session)
  await settled()
  const ledger = await session.close()
  wait.open()
  await settled()
  t.same(got, [1], 'what comes after is ignored')
  t.equal(ledger.accepted, 1)
})

scenario('source: is stamped when its item arrives; context.at says another media time', async (t, stage) => {
  const node = sourceNode(async function* ({ clock, at }) {
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 40))
    yield { output: 'now' }
    yield at === undefined ? { output: '' } : { output: 'after' }
  })
  const saying = sourceNode(function* (context) {
    yield context.at(777, { output: new AudioBuffer(new Float32Array(16), 16_000) })
  })
  const session = await stage.open(through(node))
  const seen: unknown[] = []
  session.outputs.subscribe(({ value, envelope }) => seen.push([value, envelope.pts, envelope.ingress]))
  await stage.clock.advance(40)
  await session.end()
  t.same(seen, [
    ['now', 40_000, 40],
    ['after', 40_000, 40],
  ])
  const said = await stage.open(through(saying))
  let pts: number | undefined
  said.outputs.subscribe(({ envelope }) => {
    pts = envelope.pts
  })
  await said.end()
  t.equal(pts, 777)
})

scenario('source: a value that is no record, or has an undeclared key, is its error', async (t, stage) => {
  for (const [value, message] of [
    [7, /gave a number, not a record/],
    [{ outptu: 1 }, /undeclared key "outptu"/],
  ] as const) {
    const odd = sourceNode((() => [value]) as never)
    const executor = await stage.executor(through(odd))
    t.match(await rejected('ANB_NODE_EXECUTION', executor.execute()), { nodeId: 'from', message })
  }
  const nothing = sourceNode(() => [undefined, { output: 1 }] as never)
  t.equal((await (await stage.executor(through(nothing))).execute()).ledger.accepted, 1)
})

scenario(
  'source: a pull that fails is one failed item under skip and dead-letter, and it goes on',
  async (t, stage) => {
    for (const form of ['sync', 'async'] as const)
      for (const onError of ['skip', 'dead-letter'] as const) {
        const odd = sourceNode(() => {
          let n = 0
          const next = () => {
            if (++n % 2 === 0) throw new Error(`item ${n} is bad`)
            return n > 6 ? { done: true as const, value: undefined } : { done: false as const, value: { output: n } }
          }
          return form === 'sync'
            ? { [Symbol.iterator]: () => ({ next }) }
            : { [Symbol.asyncIterator]: () => ({ next: async () => next() }) }
        })
        const letters: string[] = []
        const session = await stage.open(
          definePipeline({
            nodes: {
              from: { type: odd, on_error: onError },
              p: { type: pass, in: { input: 'from.output' } },
            },
          }),
          { onDeadLetter: ({ nodeId, error, envelope }) => letters.push(`${nodeId} ${envelope.seq} ${error.message}`) },
        )
        const got = gather(session)
        const bad = onError === 'skip' ? { failed: 3 } : { dead_lettered: 3 }
        t.match(await session.end(), { balanced: true, accepted: 6, delivered: 3, ...bad })
        t.same(got, [1, 3, 5])
        if (onError === 'dead-letter') t.match(letters, [/^from 1 .*item 2 is bad/, /^from 3 /, /^from 5 /])
      }
  },
)

scenario('source: a generator that throws has ended, also under skip', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      nodes: {
        from: {
          type: sourceNode(async function* () {
            yield { output: 1 }
            throw new Error('unplugged')
          }),
          on_error: 'skip',
        },
        p: { type: pass, in: { input: 'from.output' } },
      },
    }),
  )
  gather(session)
  t.match(await session.end(), { balanced: true, accepted: 2, delivered: 1, failed: 1 })
})
