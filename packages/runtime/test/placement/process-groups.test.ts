import { definePlugin, type NodeFactory } from '@anabranch/plugin-sdk'
import { createExecutor, type Manifest, Registry, validate } from '@anabranch/runtime'
import t from 'tap'
import { mapNode } from '../nodes.ts'

/** A node that says in which group it was made. */
const made: string[] = []
function grouped(group: string): NodeFactory {
  const node = mapNode('Grouped', (text) => text)
  return {
    ...node,
    runtime: 'python',
    create: (params) => {
      made.push(group)
      return node.create(params as never)
    },
    inGroup: grouped,
  } as NodeFactory
}
const registry = new Registry().register(
  'Plain',
  mapNode('Plain', (text) => text),
)
registry.use(definePlugin({ name: 'processes', apiVersion: 1, nodes: [grouped('none')] as never }))

const pipeline = (placements: Readonly<Record<string, object>>, type = 'Grouped') => {
  const nodes = Object.entries(placements).map(([id, placement]) => [id, { type, in: { input: 'mic' }, placement }])
  return { version: 'v1', inputs: { mic: { kind: 'anything' } }, nodes: Object.fromEntries(nodes) } as Manifest
}

t.test('a group is told to the factory of each node in it; where: process alone changes nothing', async (t) => {
  made.length = 0
  const placements = { a: { group: 'small' }, b: { where: 'process', group: 'small' }, c: { where: 'process' } }
  const executor = await createExecutor(pipeline(placements) as never, { registry })
  await executor.close()
  t.same(new Set(made), new Set(['small', 'none']))
})

t.test('a group is refused where there is no process to share, or another place is asked for', async (t) => {
  const plain = await validate(pipeline({ a: { group: 'small' }, b: { where: 'process' } }, 'Plain'), { registry })
  t.match(plain.problems, [
    { path: 'nodes.a.placement', code: 'ANB_NOT_AVAILABLE', message: /"Plain", which is a javascript node/ },
    { path: 'nodes.b.placement', code: 'ANB_NOT_AVAILABLE', message: /placement process/, fix: /where: thread/ },
  ])
  const both = await validate(pipeline({ a: { where: 'inline', group: 'small' } }), { registry })
  t.match(both.problems, [{ path: 'nodes.a.placement', message: /group "small" with where: inline/ }])
  const named = await validate(pipeline({ a: { group: 'not a name' } }), { registry })
  t.match(named.problems, [{ path: 'nodes.a.placement.group', message: /not a name/ }])
})
