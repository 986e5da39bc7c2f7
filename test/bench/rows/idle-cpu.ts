import { readFileSync } from 'node:fs'
import { number } from '@anabranch/plugin-sdk'
import type { Row } from '../row.ts'
import { pythonPipeline } from './python-pipeline.ts'

const TICKS_PER_SECOND = 100 // USER_HZ, on every Linux

/** Seconds of processor that a process and its threads have used. */
function processorOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

export const row: Row = {
  name: 'idle_cpu',
  about: 'of one core, used by host, server and worker of an open Python node to which nothing comes',
  unit: '%',
  limit: 1,
  async prepare({ quick }) {
    const { executor, plugin, close } = await pythonPipeline((node) => ({
      inputs: { given: number },
      nodes: { echo: { type: node('EchoNode'), in: { input: 'given' } } },
    }))
    const session = await executor.open()
    await session.send({ given: 7 } as never)
    await session.outputs[Symbol.asyncIterator]().next()
    const [worker] = await plugin.host.workers()
    const server = await plugin.host.server()
    const pids = [process.pid, worker?.pid ?? 0, server?.pid ?? 0]
    const used = () => pids.reduce((sum, pid) => sum + processorOf(pid), 0)
    return {
      async ours() {
        const before = used()
        const start = performance.now()
        await new Promise((resolve) => setTimeout(resolve, quick ? 3000 : 10_000))
        return ((used() - before) * 100_000) / (performance.now() - start)
      },
      baseline: null,
      async cleanup() {
        await session.cancel()
        await close()
      },
    }
  },
}
