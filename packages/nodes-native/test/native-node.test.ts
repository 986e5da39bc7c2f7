import plugin, { addon, gain } from '@anabranch/nodes-native'
import { nativeNode } from '@anabranch/nodes-native/door'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import { checkPlugin, checkSpec, standaloneContext } from '@anabranch/plugin-sdk/host'
import { test } from 'tap'
import { run, shared, thrown } from './run-node.ts'

test('the plugin offers every node of the addon that is not internal, and the JavaScript forms', async (t) => {
  checkPlugin(plugin, 'the default export')
  t.same(
    plugin.nodes.map(({ spec, runtime }) => [spec.type, runtime]),
    [
      ...addon.nodes.filter((node) => !node.internal).map((node) => [node.type, 'native']),
      ...['FormatConverterNode', 'GainNode', 'ChannelMixNode', 'ChunkerNode'].map((type) => [type, 'javascript']),
    ],
  )
})

test('a spec comes from Rust', async (t) => {
  checkSpec(gain.spec)
  t.equal(gain.spec.purity, 'pure')
  t.same(Object.keys(gain.spec.inputs ?? {}), ['input'])
  t.same(Object.keys(gain.spec.outputs ?? {}), ['output'])
})

test('an unknown type is an error with the nearest names', async (t) => {
  t.match(
    thrown(() => nativeNode(addon, 'GianNode')),
    { code: 'ANB_NODE_NOT_FOUND', nearest: ['GainNode'] },
  )
})

test('a node is used up by its cleanup, which may be called again', async (t) => {
  const node = gain.create()
  const frame = new AudioBuffer(shared([1]), 16_000)
  await node.prepare?.(standaloneContext('test'))
  run(node, frame)
  await node.cleanup?.()
  await node.cleanup?.()
  t.match(
    thrown(() => run(node, frame)),
    { code: 'ANB_NATIVE', message: /after its cleanup/ },
  )
})

test('a node that takes no control messages says so', async (t) => {
  const context = standaloneContext('test')
  const node = gain.create()
  t.match(
    thrown(() => node.onControl?.({ db: 1 }, context)),
    { code: 'ANB_NOT_AVAILABLE' },
  )
  t.match(
    thrown(() => node.onControl?.(1n, context)),
    { code: 'ANB_MARSHALING' },
  )
  t.equal(node.flush?.(context), undefined)
  await node.cleanup?.()
})
