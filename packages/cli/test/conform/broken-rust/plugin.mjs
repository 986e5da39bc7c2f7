import { fileURLToPath } from 'node:url'
import { loadAddon, nativeNode } from '@anabranch/nodes-native/door'
import { definePlugin } from '@anabranch/plugin-sdk'

const addon = loadAddon(fileURLToPath(new URL('broken.node', import.meta.url)), 'cargo build --release')
const nodes = addon.nodes.map(({ type }) => nativeNode(addon, type))
export default definePlugin({ name: addon.name, apiVersion: 1, nodes })
