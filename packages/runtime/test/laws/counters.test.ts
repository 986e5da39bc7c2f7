import { anything, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { bufferCount, map, type Observable } from 'rxjs'
import t from 'tap'

const source = defineNode({
  type: 'Numbers',
  summary: 'Numbers.',
  outputs: { output: anything },
  create: () => ({
    *source() {
      for (let n = 0; n < 30; n++) yield { output: n }
    },
  }),
})
const filter = defineNode({
  type: 'Even',
  summary: 'Even numbers, and every number at a key that nothing reads.',
  inputs: { input: anything },
  outputs: { output: anything, all: anything },
  create: () => ({
    execute: ({ input }) => ({ output: (input as number) % 2 === 0 ? (input as number) : undefined, all: input }),
  }),
})
const batch = defineNode({
  type: 'Batch',
  summary: 'Fours.',
  inputs: { input: anything },
  outputs: { output: anything },
  create: () => ({
    operator: () => (s: Observable<{ readonly input: unknown }>) =>
      s.pipe(
        map(({ input }) => input),
        bufferCount(4),
        map((output) => ({ output })),
      ),
  }),
})

/** Every number of an object's own, as [name, break it by one, mend it]. */
function counters(object: object, prefix: string): [string, () => void, () => void][] {
  const record = object as Record<string, unknown>
  return Object.keys(record).flatMap((key): [string, () => void, () => void][] => {
    if (typeof record[key] !== 'number') return []
    const before = record[key]
    return [
      [
        `${prefix}.${key}`,
        () => {
          record[key] = before + 1
        },
        () => {
          record[key] = before
        },
      ],
    ]
  })
}

const pick = (all: [string, () => void, () => void][], names: readonly string[]) =>
  all.filter(([name]) => names.includes(name.slice(name.lastIndexOf('.') + 1)))

t.test('each counter of the ledger, broken by one, unbalances it', async (t) => {
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        numbers: { type: source },
        even: { type: filter, in: { input: 'numbers.output' } },
        fours: { type: batch, in: { input: 'even.output' } },
      },
    }),
  )
  const session = await executor.open()
  session.outputs.subscribe()
  await session.end()
  t.ok(session.ledger().balanced, 'balanced as it is')
  // The counters themselves are no public matter; that a wrong one shows is.
  const { engine } = session as unknown as { engine: import('#src/executor/engine.js').Engine }
  const all = [
    ...engine.edges.flatMap((edge) => [
      ...pick(counters(edge, edge.name), ['pushed', 'taken', 'cancelled', 'failed']),
      ...counters(edge.dropped, `${edge.name} dropped`),
    ]),
    ...engine.nodes.flatMap((node) => [
      ...(node.isSource
        ? []
        : pick(counters(node, node.id), [
            'taken',
            'produced',
            'absorbed',
            'filtered',
            'failed',
            'deadLettered',
            'cancelled',
          ])),
      ...node.ports.flatMap((port) => pick(counters(port, `${node.id}.${port.key}`), ['emitted', 'unlinked'])),
    ]),
    ...pick(counters(engine.roots, 'roots'), ['accepted']),
    ...counters(engine.roots.settled, 'settled'),
  ]
  t.ok(all.length > 60, `${all.length} counters`)
  const unseen = all.filter(([, breakIt, mend]) => {
    breakIt()
    const { balanced } = session.ledger()
    mend()
    return balanced
  })
  t.same(
    unseen.map(([name]) => name),
    [],
    'all are seen',
  )
  t.ok(session.ledger().balanced, 'mended')
  await executor.close()
})
