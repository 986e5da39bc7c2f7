import { readFileSync } from 'node:fs'

/**
 * For how long in all, ms, a busy machine has kept the main thread of a process from work that it was ready for; 0 where
 * the system does not say it.
 */
export function keptWaiting(pid: number | undefined): number {
  try {
    // Linux: time on a processor, and time in the queue for one, ns.
    const [, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
    return Number(waited) / 1e6 || 0
  } catch {
    return 0
  }
}
