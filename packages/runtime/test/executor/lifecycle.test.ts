import { anything, defineNode, type NodeBody, type Purity } from '@anabranch/plugin-sdk'
import { bodyExecutor, recordBody } from '@anabranch/plugin-sdk/host'
import { definePipeline } from '@anabranch/runtime'
import { rejected } from '../coded.ts'
import { gate } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

type Life = Partial<Pick<NodeBody<object, object>, 'prepare' | 'cleanup' | 'reset'>>
/** A node that notes its life, by the number of the instance. */
function noting(life: (own: number) => Life = () => ({}), purity: Purity = 'stateful', type = 'Noting') {
  const events: string[] = []
  let made = 0
  const node = defineNode({
    type,
    summary: 'Notes its life.',
    purity,
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => {
      const own = made++
      const extra = life(own)
      const note = <K extends keyof Life>(name: K, always: boolean) =>
        always || extra[name]
          ? {
              [name]: (...args: never[]) => {
                events.push(`${name} ${own}`)
                return (extra[name] as ((...args: never[]) => unknown) | undefined)?.(...args)
              },
            }
          : {}
      return {
        ...note('prepare', true),
        ...note('cleanup', true),
        ...note('reset', false),
        execute: ({ input }) => {
          events.push(`execute ${own}`)
          return { output: input }
        },
      }
    },
  })
  return {
    events,
    node,
    get made() {
      return made
    },
  }
}
const inputs = { mic: anything }
const one = (node: ReturnType<typeof noting>['node']) =>
  definePipeline({ inputs, nodes: { n: { type: node, in: { input: 'mic' } } } })

scenario('life: prepare before the first input, cleanup once at the end of the session', async (t, stage) => {
  const { events, node } = noting()
  const executor = await stage.executor(one(node))
  t.same(events, [], 'checking params prepares nothing')
  await executor.execute({ mic: 1 })
  t.same(events, ['prepare 0', 'execute 0', 'cleanup 0'])
  await executor.execute({ mic: 1 })
  await executor.close()
  t.same(events.slice(3), ['prepare 1', 'execute 1', 'cleanup 1'])
})

for (const [what, purity, life] of [
  ['a pure node', 'pure', () => ({})],
  ['an effectful node', 'effectful', () => ({})],
  ['a stateful node with reset', 'stateful', () => ({ reset: () => undefined })],
] as const)
  scenario(`life: ${what} is kept idle and used again; cleanup comes with the executor’s close`, async (t, stage) => {
    const noted = noting(life, purity)
    const executor = await stage.executor(one(noted.node))
    for (let n = 0; n < 3; n++) await executor.execute({ mic: n })
    t.equal(noted.made, 1)
    t.equal(noted.events.filter((event) => event === 'prepare 0').length, 1)
    if (purity === 'stateful') t.equal(noted.events.filter((event) => event === 'reset 0').length, 3)
    t.notOk(noted.events.includes('cleanup 0'))
    const [a, b] = await Promise.all([executor.open(), executor.open()])
    t.equal(noted.made, 2, 'two sessions at once have one each')
    await a.close()
    await b.close()
    await executor.close()
    t.same(noted.events.filter((event) => event.startsWith('cleanup')).sort(), ['cleanup 0', 'cleanup 1'])
  })

scenario('life: a failed prepare is cleaned up, and so is what was prepared beside it', async (t, stage) => {
  const broken = noting(
    () => ({
      prepare: async () => {
        throw new Error('no model')
      },
    }),
    'stateful',
    'Broken',
  )
  const well = noting(() => ({}))
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: { w: { type: well.node, in: { input: 'mic' } }, b: { type: broken.node, in: { input: 'w.output' } } },
    }),
  )
  const error = await rejected('ANB_NODE_EXECUTION', executor.open())
  t.match(error, { nodeId: 'b', message: /no model/ })
  t.same(broken.events, ['prepare 0', 'cleanup 0'])
  t.same(well.events, ['prepare 0', 'cleanup 0'])
  await executor.close()
  t.equal(broken.events.length + well.events.length, 4)
})

scenario('life: a create that fails leaves nothing prepared behind', async (t, stage) => {
  const well = noting(() => ({}))
  let made = 0
  const { node } = noting(
    () => {
      if (made++ > 0) throw new Error('no more of these')
      return {}
    },
    'stateful',
    'Twice',
  )
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: { w: { type: well.node, in: { input: 'mic' } }, n: { type: node, in: { input: 'w.output' } } },
    }),
  )
  await executor.execute({ mic: 1 })
  t.match(await rejected('ANB_NODE_EXECUTION', executor.execute({ mic: 1 })), {
    nodeId: 'n',
    message: /no more of these/,
  })
  await executor.close()
  const count = (name: string) => well.events.filter((event) => event.startsWith(name)).length
  t.equal(count('cleanup'), count('prepare'))
})

scenario('life: prepare and cleanup that take too long are named, and stop nothing else', async (t, stage) => {
  const slow = noting(() => ({ prepare: () => new Promise(() => undefined) }))
  const opening = rejected('ANB_TIMEOUT', (await stage.executor(one(slow.node))).open())
  await stage.clock.advance(30_000)
  t.match(await opening, { nodeId: 'n', afterMs: 30_000, message: /prepare of node "n"/ })
  const stuck = noting(() => ({ cleanup: () => new Promise(() => undefined) }))
  const executing = (await stage.executor(one(stuck.node))).execute({ mic: 7 })
  await stage.clock.advance(5_000)
  t.equal((await executing).get('output'), 7)
  t.ok(stage.log.some(({ msg, node }) => msg === 'cleanup failed' && node === 'n'))
})

scenario('life: a reset that fails is logged, and the instance cleaned up', async (t, stage) => {
  const noted = noting(() => ({
    reset: () => {
      throw new Error('cannot forget')
    },
  }))
  const executor = await stage.executor(one(noted.node))
  await executor.execute({ mic: 1 })
  t.same(noted.events, ['prepare 0', 'execute 0', 'reset 0', 'cleanup 0'])
  t.ok(stage.log.some(({ msg }) => /reset failed/.test(String(msg))))
})

scenario('life: methods that return a value and no promise are fine', async (t, stage) => {
  const value = () => 5 as never
  const noted = noting(() => ({ prepare: value, reset: value, cleanup: value }))
  const executor = await stage.executor(one(noted.node))
  t.equal((await executor.execute({ mic: 1 })).get('output'), 1)
  t.equal((await executor.execute({ mic: 2 })).get('output'), 2)
  await executor.close()
  t.equal(noted.made, 1)
  t.same(stage.log, [])
})

scenario(
  'life: the executor’s close ends open sessions, waits for one that is opening, and refuses new ones',
  async (t, stage) => {
    const wait = gate()
    const noted = noting(() => ({ prepare: () => wait.promise as Promise<void> }))
    const executor = await stage.executor(one(noted.node))
    const opening = executor.open().then(
      (session) => session.ledger(),
      (error: unknown) => error,
    )
    await settled()
    const closing = executor.close()
    wait.open()
    await closing
    const opened = await opening
    t.match(opened, { code: 'ANB_CANCELLED' })
    t.same(noted.events, ['prepare 0', 'cleanup 0'])
    await rejected('ANB_CANCELLED', executor.open())
    await executor.close()
  },
)

scenario('life: an instance whose execution does not listen is cleaned up, never handed on', async (t, stage) => {
  const wait = gate()
  let inside = 0
  let most = 0
  const { events, node } = noting(() => ({ reset: () => undefined }), 'stateful', 'Busy')
  const busy = {
    ...node,
    create: () => {
      const body = recordBody(node.create())
      return bodyExecutor(
        { nodeType: 'Busy', runtime: 'javascript', inputKeys: ['input'], outputKeys: ['output'] },
        {
          ...body,
          execute: async ({ input }) => {
            most = Math.max(most, ++inside)
            if (input === 'deaf') await wait.promise
            inside--
            return { output: input }
          },
        },
      )
    },
  }
  const executor = await stage.executor(definePipeline({ inputs, nodes: { n: { type: busy, in: { input: 'mic' } } } }))
  const session = await executor.open()
  await session.send({ mic: 'deaf' })
  await settled()
  const closing = session.cancel()
  await stage.clock.advance(10_000)
  await closing
  t.equal(inside, 1, 'it is still at work')
  t.equal((await executor.execute({ mic: 2 })).get('output'), 2)
  wait.open()
  await settled()
  t.notOk(events.includes('reset 0'))
  t.ok(events.includes('cleanup 0'))
  t.ok(events.includes('prepare 1'))
  t.equal(most, 2, 'two instances, one call each')
})
