import { fileURLToPath } from 'node:url'
import { loadAddon, nativeNode } from '@anabranch/nodes-native/door'
import { definePlugin } from '@anabranch/plugin-sdk'

const path = fileURLToPath(new URL('dc-blocker.node', import.meta.url))
const addon = loadAddon(path, 'npm run build:rust -w @anabranch/example-three-languages')

export default definePlugin({ name: addon.name, apiVersion: 1, nodes: [nativeNode(addon, 'DcBlockerNode')] })
