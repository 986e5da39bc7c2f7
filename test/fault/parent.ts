// A program that streams through a Python node, prints the pids of its worker and server as JSON, and waits to be killed.
import { faultPlugin, startStream } from './rig.ts'

const plugin = await faultPlugin()
const stream = await startStream(plugin, 'WorkNode')
await stream.until(() => stream.delivered > 50)
const [worker] = await plugin.host.workers()
process.stdout.write(`${JSON.stringify([worker?.pid, (await plugin.host.server())?.pid])}\n`)
