import { readdirSync, readFileSync } from 'node:fs'

/** The server that all Python nodes of a process share belongs to none of them. */
const SHARED = 'nats-server'

/** Memory of this process and of those that it started, in bytes; null where the system does not say it. */
export function footprint(): number | null {
  globalThis.gc?.()
  const rss = process.memoryUsage.rss()
  if (process.platform !== 'linux') return null
  return descendants(process.pid).reduce((sum, pid) => sum + residentOf(pid), rss)
}

function descendants(pid: number): number[] {
  const children = read(() => readdirSync(`/proc/${pid}/task`), []).flatMap((task) =>
    read(() => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'), '')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  )
  return children.flatMap((child) => [child, ...descendants(child)])
}

function residentOf(pid: number): number {
  const status = read(() => readFileSync(`/proc/${pid}/status`, 'utf8'), '')
  if (status.startsWith(`Name:\t${SHARED}\n`)) return 0
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}

/** A process may end while it is looked at. */
function read<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch {
    return otherwise
  }
}
