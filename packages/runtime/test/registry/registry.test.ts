import { definePlugin, type NodeFactory, NodeOutputs, type Runtime } from '@anabranch/plugin-sdk'
import { Registry } from '@anabranch/runtime'
import t from 'tap'
import { thrown } from '../coded.ts'
import { mapNode, pass } from '../nodes.ts'

const factory = (runtime: Runtime, nodeType = 'Gain'): NodeFactory => ({
  runtime,
  create: () => ({ nodeType, runtime, execute: () => new NodeOutputs({ output: runtime }) }),
})

t.test('Registry: auto prefers native, then JavaScript, then Python, and says what was passed over', async (t) => {
  const registry = new Registry()
  for (const runtime of ['python', 'javascript', 'native'] as const) {
    registry.register('Gain', factory(runtime))
    t.equal(registry.resolve('Gain').runtime, runtime)
  }
  t.same(registry.resolve('Gain').passedOver, [])
  t.same(registry.resolve('Gain', 'python').passedOver, [
    { runtime: 'native', reason: 'runtime_hint is python' },
    { runtime: 'javascript', reason: 'runtime_hint is python' },
  ])
  const python = new Registry().register('Gain', factory('python'))
  t.same(python.resolve('Gain').passedOver, [
    { runtime: 'native', reason: 'no native plugin offers "Gain"' },
    { runtime: 'javascript', reason: 'no javascript plugin offers "Gain"' },
  ])
})

t.test('Registry: an unknown type names the nearest, and why each runtime was passed over', async (t) => {
  const registry = new Registry().register('Gain', factory('javascript'))
  const error = thrown('ANB_NODE_NOT_FOUND', () => registry.resolve('Gian'))
  t.same(error.nearest, ['Gain'])
  t.match(error.message, /no node type "Gian"; did you mean "Gain"\? \(native: .*; javascript: .*; python: .*\)/)
  const elsewhere = thrown('ANB_NODE_NOT_FOUND', () => registry.resolve('Gain', 'native'))
  t.match(elsewhere.message, /"Gain" with runtime native/)
  t.match(elsewhere.fix, /it is there as javascript/)
})

t.test('Registry: takes plugins when it is made and later; types come in their order', async (t) => {
  const plugin = (name: string, ...types: string[]) =>
    definePlugin({ name, apiVersion: 1, nodes: types.map((type) => mapNode(type, (n) => n)) })
  const registry = new Registry([plugin('one', 'B', 'A')]).use(plugin('two', 'C'))
  t.same(registry.types, ['B', 'A', 'C'])
  t.match(registry.createNode('C', {}), { nodeType: 'C', runtime: 'javascript' })
})

t.test('Registry: one type of one runtime twice is refused, and says where both come from', async (t) => {
  const plugin = definePlugin({ name: 'acme', apiVersion: 1, nodes: [pass] })
  const registry = new Registry([plugin])
  t.equal(registry.use(plugin), registry, 'the same factory again is no clash')
  const error = thrown('ANB_PLUGIN', () => registry.register('Pass', factory('javascript')))
  t.match(error.message, /the javascript node "Pass" is there twice: from plugin "acme" and from register\(\)/)
  registry.register('Pass', factory('native'))
  t.equal(registry.resolve('Pass').runtime, 'native')
})

t.test('Registry: what is no plugin and no factory is refused', async (t) => {
  thrown('ANB_PLUGIN', () => new Registry([{} as never]))
  thrown('ANB_PLUGIN', () => new Registry().use({ name: 'x', apiVersion: 2, nodes: [] } as never))
  t.match(
    thrown('ANB_PLUGIN', () => new Registry().register('X', {} as never)).message,
    /the factory of "X" has no create/,
  )
  thrown('ANB_PLUGIN', () => new Registry().register('X', { create() {} } as never))
})
