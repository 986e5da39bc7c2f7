import { definePlugin, type Plugin } from '@anabranch/plugin-sdk'
import { BUILTIN_NODES } from './builtin-nodes.ts'

/** The native nodes as a plugin. */
export const plugin: Plugin = definePlugin({
  name: '@anabranch/nodes-native',
  apiVersion: 1,
  nodes: [...BUILTIN_NODES],
})
