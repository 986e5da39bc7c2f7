import { API_VERSION, defineNode, definePlugin, type Plugin, text } from '@anabranch/plugin-sdk'
import { checkPlugin } from '@anabranch/plugin-sdk/host'
import t from 'tap'
import { thrown } from './coded.ts'

const node = defineNode({
  type: 'EchoNode',
  summary: 'Passes text on.',
  inputs: { input: text },
  outputs: { output: text },
  create: () => ({ execute: ({ input }) => ({ output: input }) }),
})

t.test('definePlugin gives back the value', async (t) => {
  const plugin: Plugin = { name: 'echo', apiVersion: API_VERSION, nodes: [node, { ...node, runtime: 'native' }] }
  t.equal(definePlugin(plugin), plugin)
  t.doesNotThrow(() => checkPlugin(plugin, 'echo.js'))
})

for (const [what, plugin, message] of [
  ['nothing', undefined, /from is no plugin/],
  ['null', null, /from is no plugin/],
  ['no name', { apiVersion: 1, nodes: [] }, /is no plugin/],
  ['an empty name', { name: '', apiVersion: 1, nodes: [] }, /is no plugin/],
  ['no nodes', { name: 'a', apiVersion: 1 }, /is no plugin/],
  ['another apiVersion', { name: 'a', apiVersion: 2, nodes: [] }, /has apiVersion 2, this host needs 1/],
  ['no apiVersion', { name: 'a', nodes: [] }, /has apiVersion undefined/],
  ['a node that is none', { name: 'a', apiVersion: 1, nodes: [node, {}] }, /nodes\[1\] is no node factory/],
  ['a hole', { name: 'a', apiVersion: 1, nodes: [null] }, /nodes\[0\] is no node factory/],
  ['a description', { name: 'a', apiVersion: 1, nodes: [{ spec: node.spec }] }, /nodes\[0\] is no node factory/],
  [
    'an available that is no function',
    { name: 'a', apiVersion: 1, nodes: [{ ...node, available: true }] },
    /available of "EchoNode"/,
  ],
  ['a type twice', { name: 'a', apiVersion: 1, nodes: [node, node] }, /the javascript node "EchoNode" twice/],
] as const)
  t.test(`checkPlugin refuses ${what}`, async (t) => {
    const error = thrown('ANB_PLUGIN', () => checkPlugin(plugin, 'from'))
    t.match(error.message, message)
    t.type(error.fix, 'string')
  })

t.test('definePlugin refuses what checkPlugin refuses', async (t) => {
  t.match(thrown('ANB_PLUGIN', () => definePlugin({ name: 'a', apiVersion: 1, nodes: [node, node] })).message, /twice/)
})
