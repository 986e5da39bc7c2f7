import { fork } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { codedError, systemClock } from '@anabranch/plugin-sdk/host'
import type { CostLabel, Machine } from './cost-label.ts'
import type { Cost, CostNews, CostOrder } from './cost-order.ts'

/** A model may take long to load, twice, and to warm up. */
const LIMIT_MS = 120_000

/** Measures one node in a process of its own, so that nothing of another one is counted. @throws why it cannot be. */
export async function measureCost(order: CostOrder, version: string): Promise<CostLabel> {
  const where = machine()
  return { version, ...(await measured(order)), machine: where }
}

function machine(): Machine {
  const [first] = cpus()
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  }
}

function measured(order: CostOrder): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./cost-program.js', import.meta.url)), [JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--expose-gc'],
    })
    const end = (act: () => void) => {
      systemClock.clearTimeout(timer)
      child.kill('SIGKILL')
      act()
    }
    const refuse = (message: string, fix?: string) =>
      end(() =>
        reject(
          codedError('ANB_PLUGIN', `${order.type} cannot be measured: ${message}`, fix === undefined ? {} : { fix }),
        ),
      )
    const timer = systemClock.setTimeout(() => refuse(`it took more than ${LIMIT_MS / 1000} s`), LIMIT_MS)
    child.on('message', (news: CostNews) => {
      if (news.kind === 'cost') end(() => resolve(news.cost))
      else refuse(news.message, news.fix)
    })
    child.on('error', (error) => refuse(error.message))
    child.on('exit', (code, signal) => refuse(`it ended the process (${signal ?? `exit code ${code}`})`))
  })
}
