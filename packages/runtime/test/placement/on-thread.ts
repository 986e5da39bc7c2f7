import { fileURLToPath } from 'node:url'
import type { FrameReport } from '@anabranch/plugin-sdk/host'
import type { ExecutorOptions } from '@anabranch/runtime'

/** The plugin of these tests, as a pipeline names it. */
export const plugins = [fileURLToPath(new URL('./thread-nodes.js', import.meta.url))]
export const thread = { placement: { where: 'thread' } } as const
/** The plugin is known: its import need not be tried in a process first. */
export const known: ExecutorOptions = { importMs: 0 }

/** What `reading` says of a frame. */
export interface Read {
  readonly value: number
  readonly length: number
  readonly handle: number
}

export const upTo = (n: number) => Array.from({ length: n }, (_, at) => at + 1)

/** The frames once every lease has come back, which a thread does when it is told; a leak is seen as one that never does. */
export async function returned(executor: { frames(): FrameReport | null }): Promise<FrameReport | null> {
  for (let turns = 0; turns < 100_000 && executor.frames()?.leased.length !== 0; turns++)
    await new Promise((resolve) => setImmediate(resolve))
  return executor.frames()
}
