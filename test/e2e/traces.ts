import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

/** A mark in the environment by which every process that a test started can be found, however it was started. */
export interface Mark {
  readonly name: string
  readonly value: string
}

export function newMark(): Mark {
  return { name: 'ANABRANCH_TEST_MARK', value: randomUUID() }
}

export interface MarkedProcess {
  readonly pid: number
  readonly command: string
}

const graceMs = 2000
const pollMs = 20

/**
 * The command lines of the processes that bear the mark, but for this one, when they have had a moment to end; empty
 * where the system has no /proc.
 */
export async function processesLeft(mark: Mark): Promise<string[]> {
  const end = performance.now() + graceMs
  for (;;) {
    const left = processesWith(mark)
    if (left.length === 0 || performance.now() > end) return left.map(({ command }) => command)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** The processes that bear the mark now, but for this one. */
export function processesWith({ name, value }: Mark): MarkedProcess[] {
  return entriesOf('/proc')
    .filter((id) => /^\d+$/.test(id) && id !== `${process.pid}`)
    .filter((id) => textOf(`/proc/${id}/environ`).split('\0').includes(`${name}=${value}`))
    .map((id) => ({ pid: Number(id), command: textOf(`/proc/${id}/cmdline`).replaceAll('\0', ' ').trim() }))
}

/** Whether a process is there; one that has ended and only waits to be reaped is not. */
export function isAlive(pid: number): boolean {
  const state = textOf(`/proc/${pid}/stat`).split(') ')[1]?.[0]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
