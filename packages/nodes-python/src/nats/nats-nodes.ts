import { definePlugin, type Plugin } from '@anabranch/plugin-sdk'
import { natsSink } from './nats-sink.ts'
import { natsSource } from './nats-source.ts'

/** Values from NATS subjects and to them. */
export const natsNodes: Plugin = definePlugin({
  name: '@anabranch/nodes-python/nats',
  apiVersion: 1,
  nodes: [natsSource, natsSink],
})
