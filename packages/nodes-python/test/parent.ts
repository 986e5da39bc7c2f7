// A program that opens a Python node, prints the pids of its worker and server, and waits to be killed.
import { createPythonPlugin } from '@anabranch/nodes-python'
import { openNode } from './open-node.ts'

const plugin = createPythonPlugin()
const { executor } = await openNode(plugin, 'SoftClipNode')
const pids = [executor.worker()?.pid, (await plugin.host.server())?.pid]
process.stdout.write(`${JSON.stringify(pids)}\n`)
