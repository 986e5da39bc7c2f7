import { definePlugin, type Plugin } from '@anabranch/plugin-sdk'
import { TWINS } from './javascript/twins.ts'
import { loaded } from './loaded.ts'
import { nativeNode } from './native-node.ts'

/**
 * The native nodes as a plugin, and the JavaScript forms that some of them have: `auto` chooses native where the addon is
 * there, and passes it over with the reason where it is not.
 */
export const plugin: Plugin = definePlugin({
  name: '@anabranch/nodes-native',
  apiVersion: 1,
  nodes: [...loaded.nodes.filter(({ internal }) => !internal).map(({ type }) => nativeNode(loaded, type)), ...TWINS],
})
