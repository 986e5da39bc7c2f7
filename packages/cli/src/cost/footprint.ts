import { readdirSync, readFileSync } from 'node:fs'

/** The server that all Python nodes of a process share belongs to none of them. */
const SHARED = 'nats-server'

interface Status {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly resident: number
}

/** Memory of this process and of those that it started, in bytes; null where the system does not say it. */
export function footprint(): number | null {
  globalThis.gc?.()
  const rss = process.memoryUsage.rss()
  if (process.platform !== 'linux') return null
  return descendants(process.pid).reduce((sum, { name, resident }) => (name === SHARED ? sum : sum + resident), rss)
}

/** The processes that come from this one, however far. The kernel's own list of children misses some while others end. */
function descendants(root: number): Status[] {
  const all = read(() => readdirSync('/proc'), []).flatMap((name) => (/^\d+$/.test(name) ? [statusOf(name)] : []))
  const below = (pid: number): Status[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)])
  return below(root)
}

function statusOf(name: string): Status {
  const status = read(() => readFileSync(`/proc/${name}/status`, 'utf8'), '')
  const field = (word: string) => new RegExp(`^${word}:\\s+(.*?)(?: kB)?$`, 'm').exec(status)?.[1] ?? ''
  return {
    pid: Number(name),
    parent: Number(field('PPid')),
    name: field('Name'),
    resident: Number(field('VmRSS')) * 1024,
  }
}

/** A process may end while it is looked at. */
function read<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch {
    return otherwise
  }
}
