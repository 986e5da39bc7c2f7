import { anything, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, type ExecutorOptions } from '@anabranch/runtime'
import fc from 'fast-check'
import t from 'tap'
import { randomFrom } from './spec.ts'
import { makeWorld, type World } from './world.ts'

const io = { inputs: { input: anything }, outputs: { output: anything } }

/** A node that passes its input on at once, or when the driver says so. */
const pass = (type: string, world: World, slow: boolean, concurrency: number) =>
  defineNode({
    ...io,
    type,
    summary: 'Passes its input on.',
    purity: 'pure',
    concurrency,
    create: () => ({ execute: ({ input }) => (slow ? world.later(() => ({ output: input })) : { output: input }) }),
  })

const sink = (type: string, got: (input: unknown) => void) =>
  defineNode({
    type,
    summary: 'Keeps what it gets.',
    inputs: { input: anything },
    create: () => ({ execute: ({ input }) => void got(input) }),
  })

const options = (world: World): ExecutorOptions => ({
  clock: world.clock,
  scheduler: world.scheduler,
  random: world.random,
})

t.test('no stale item passes an interrupt, no survivor is lost, a source outside the scope goes on', async (t) => {
  const chains = fc.record({
    seed: fc.integer(),
    nodes: fc.array(
      fc.record({
        slow: fc.boolean(),
        concurrency: fc.integer({ min: 1, max: 4 }),
        max: fc.integer({ min: 1, max: 5 }),
      }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    items: fc.integer({ min: 1, max: 60 }),
  })
  const out = await fc.check(
    fc.asyncProperty(chains, async ({ seed, nodes, items }) => {
      const random = randomFrom(seed)
      const world = makeWorld(random)
      const delivered = new Set<number>()
      const outside: unknown[] = []
      const stale = new Set<number>()
      const wrong: string[] = []
      const chain = Object.fromEntries(
        nodes.map(({ slow, concurrency, max }, at) => [
          `n${at}`,
          {
            type: pass(`Pass${at}`, world, slow, concurrency),
            in: { input: { from: at === 0 ? 'sent' : `n${at - 1}.output`, max } },
          },
        ]),
      )
      const executor = await createExecutor(
        definePipeline({
          inputs: { sent: anything, other: anything },
          nodes: {
            ...chain,
            sink: {
              type: sink('Sink', (input) => {
                const id = input as number
                if (stale.has(id)) wrong.push(`${id} is stale and was delivered`)
                delivered.add(id)
              }),
              in: { input: `n${nodes.length - 1}.output` },
            },
            outside: { type: sink('Outside', (input) => outside.push(input)), in: { input: 'other' } },
          } as never,
        }),
        options(world),
      )
      const session = await executor.open()
      const survivors: number[] = []
      let sent = 0
      let others = 0
      for (let quiet = 0; quiet < 4; ) {
        const survive = random() < 0.3
        const accepted = sent < items && session.trySend({ sent, other: ++others } as never, { survive })
        if (accepted) {
          if (survive) survivors.push(sent)
          sent++
        } else others = outside.length
        if (random() < 0.05) {
          // What was accepted and is not delivered is stale now, unless it survives. Sinks are in scope too.
          for (let id = 0; id < sent; id++) if (!delivered.has(id) && !survivors.includes(id)) stale.add(id)
          session.interrupt({ from: ['n0', ...Object.keys(chain), 'sink'], queued: true })
        }
        quiet = (await world.next()) || accepted ? 0 : quiet + 1
        for (const law of session.audit()) wrong.push(law)
      }
      const end = session.end()
      for (let quiet = 0; quiet < 4; ) quiet = (await world.next()) ? 0 : quiet + 1
      const ledger = await end
      for (const id of survivors) if (!delivered.has(id)) wrong.push(`survivor ${id} was lost`)
      if (outside.length !== sent) wrong.push(`outside the scope ${outside.length} of ${sent} arrived`)
      if (!ledger.balanced || ledger.in_flight !== 0) wrong.push('not balanced')
      if (wrong.length > 0) throw new Error(wrong.slice(0, 3).join('; '))
    }),
    { numRuns: 150, seed: 20261123 },
  )
  t.equal(out.failed, false, `${out.errorInstance} ${JSON.stringify(out.counterexample)}`)
})

t.test('a set that interrupts itself and then throws is cancelled, not failed', async (t) => {
  const world = makeWorld(randomFrom(1))
  const executor = await createExecutor(
    definePipeline({
      inputs: { sent: anything },
      nodes: {
        thrower: {
          type: defineNode({
            ...io,
            type: 'Thrower',
            summary: 'Interrupts, then throws.',
            create: () => ({
              execute: () => {
                session.interrupt()
                throw new Error('too late')
              },
            }),
          }),
          in: { input: 'sent' },
        },
      },
    }),
    { ...options(world), log: { child: () => ({ debug() {}, info() {}, warn() {}, error() {} }) } as never },
  )
  const session = await executor.open()
  session.outputs.subscribe()
  await session.send({ sent: 1 })
  const end = session.end()
  for (let quiet = 0; quiet < 4; ) quiet = (await world.next()) ? 0 : quiet + 1
  const { cancelled, failed, balanced } = await end
  t.same({ cancelled, failed, balanced }, { cancelled: 1, failed: 0, balanced: true })
})
