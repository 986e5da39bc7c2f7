import { anything, defineNode, number } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { rejected, thrown } from '../coded.ts'
import { gate, gather, pass, upTo } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

const gain = defineNode({
  type: 'Gain',
  summary: 'Multiplies.',
  inputs: { input: anything, factor: number.control(1) },
  outputs: { output: anything },
  create: () => ({ execute: ({ input, factor }) => ({ output: (input as number) * factor }) }),
})
const inputs = { mic: anything, knob: number }

scenario('control input: holds its last value, has a start value, and never triggers execute', async (t, stage) => {
  const session = await stage.open(
    definePipeline({ inputs, nodes: { g: { type: gain, in: { input: 'mic', factor: 'knob' } } } }),
  )
  const got = gather(session)
  await session.send({ mic: 5 })
  await session.send({ knob: 2 })
  await session.send({ knob: 3 })
  await settled()
  t.same(got, [5])
  await session.send({ mic: 5 })
  await session.send({ mic: 6 })
  const ledger = await session.end()
  t.same(got, [5, 15, 18])
  t.match(ledger, { accepted: 5, delivered: 3, filtered: 2 })
})

const turns = defineNode({
  type: 'Turns',
  summary: 'Turns the knob once.',
  outputs: { output: number },
  create: () => ({
    *source() {
      yield { output: 10 }
    },
  }),
})

scenario(
  'control input: unconnected it keeps its start value; its end is not the end of the node',
  async (t, stage) => {
    const alone = await stage.executor(definePipeline({ inputs, nodes: { g: { type: gain, in: { input: 'mic' } } } }))
    t.equal((await alone.execute({ mic: 4 })).get('output'), 4)
    const session = await stage.open(
      definePipeline({
        inputs,
        nodes: {
          knob: { type: turns },
          g: { type: gain, in: { input: 'mic', factor: 'knob.output' } },
        },
      }),
    )
    const got = gather(session)
    await settled()
    for (const mic of upTo(3)) await session.send({ mic })
    await session.end()
    t.same(got, [0, 10, 20])
  },
)

/** Notes what it is told and given, in order. */
function listening() {
  const order: unknown[] = []
  const waits: ReturnType<typeof gate>[] = []
  const type = defineNode({
    type: 'Listening',
    summary: 'Listens.',
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({
      onControl(message: unknown) {
        order.push({ told: message })
        if (message === 'throw') throw new Error('not that')
        if (message !== 'wait') return
        const wait = gate()
        waits.push(wait as never)
        return wait.promise
      },
      execute: ({ input }) => {
        order.push(input)
        return { output: input }
      },
    }),
  })
  return { order, waits, type }
}

scenario('session.control: overtakes queued data, and nothing is taken while it is at work', async (t, stage) => {
  const { order, waits, type } = listening()
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: { p: { type: pass, in: { input: 'mic' } }, n: { type, in: { input: 'p.output' } } },
    }),
  )
  const got = gather(session)
  for (const mic of upTo(3)) void session.send({ mic })
  session.control('n', 'wait')
  session.control('n', 'second')
  await settled()
  t.same(order, [{ told: 'wait' }])
  ;(waits[0] as unknown as { open(): void }).open()
  await session.end()
  t.same(order, [{ told: 'wait' }, { told: 'second' }, 0, 1, 2])
  t.same(got, [0, 1, 2])
})

scenario('session.control: an error in it is no error of the data', async (t, stage) => {
  const { type } = listening()
  const session = await stage.open(
    definePipeline({ inputs: { mic: anything }, nodes: { n: { type, in: { input: 'mic' } } } }),
  )
  const got = gather(session)
  session.control('n', 'throw')
  await session.send({ mic: 1 })
  await session.end()
  t.same(got, [1])
  t.ok(stage.log.some(({ node, err }) => node === 'n' && (err as { message?: string })?.message?.includes('not that')))
})

scenario('session.control: of a node that takes none, or is not there, is refused', async (t, stage) => {
  const session = await stage.open(
    definePipeline({ inputs: { mic: anything }, nodes: { p: { type: pass, in: { input: 'mic' } } } }),
  )
  t.equal(thrown('ANB_NOT_AVAILABLE', () => session.control('p', 1)).nodeId, 'p')
  thrown('ANB_NODE_NOT_FOUND', () => session.control('q' as never, 1))
  await rejected('ANB_INPUTS', session.send({ mic2: 1 } as never))
})
