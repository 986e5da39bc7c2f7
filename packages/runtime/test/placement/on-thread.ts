import { fileURLToPath } from 'node:url'
import type { ExecutorOptions } from '@anabranch/runtime'

/** The plugin of these tests, as a pipeline names it. */
export const plugins = [fileURLToPath(new URL('./thread-nodes.js', import.meta.url))]
export const thread = { placement: { where: 'thread' } } as const
/** The plugin is known: its import need not be tried in a process first. */
export const known: ExecutorOptions = { importMs: 0 }
