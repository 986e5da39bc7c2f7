import { createRequire } from 'node:module'
import type { NodeLog } from '@anabranch/plugin-sdk'
import type { Logger } from 'pino'

// Loaded with the first line that the default logger writes: most programs give a logger of their own, or log nothing,
// and it is a tenth of what importing the runtime costs.
const require = createRequire(import.meta.url)

/** A pino logger that is made with its first line, on stderr: stdout belongs to data. */
export function lazyLog(make: () => Logger): (bindings: Record<string, unknown>) => NodeLog {
  let root: Logger | null = null
  const log = () => (root ??= make())
  return (bindings) => {
    let child: Logger | null = null
    const write = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: object | string, message?: string) => {
      child ??= log().child(bindings)
      if (typeof fields === 'string') child[level](fields)
      else child[level](fields, message)
    }
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }
}

/**
 * A log for each node, whose lines say the pipeline, the node and, inside one, the session; under '' for what is of no node.
 */
export function nodeLogs(
  log: (bindings: Record<string, unknown>) => NodeLog,
  pipeline: string,
  session?: string,
): (nodeId: string) => NodeLog {
  const logs = new Map<string, NodeLog>()
  return (node) => {
    let one = logs.get(node)
    if (one === undefined) {
      one = log({ pipeline, ...(node !== '' && { node }), ...(session !== undefined && { session }) })
      logs.set(node, one)
    }
    return one
  }
}

export function defaultLogger(): Logger {
  const { pino } = require('pino') as typeof import('pino')
  return pino({ name: 'anabranch', level: 'warn' }, pino.destination({ fd: 2, sync: true }))
}
