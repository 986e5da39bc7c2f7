import { createRequire } from 'node:module'
import type { ExecutorOptions } from '@anabranch/runtime'
import type { Out } from '../io.ts'
import type { RunView } from '../view/run-view.ts'

// Loaded with the first line that is logged: most runs log nothing.
const require = createRequire(import.meta.url)

type Log = NonNullable<ExecutorOptions['log']>

/** The log of a run: pretty in a terminal, JSON otherwise. It is made with its first line. */
export function runLog(view: RunView, stderr: Out, env: Readonly<Record<string, string | undefined>>): Log {
  let made: Log | null = null
  const make = () => {
    const { pino } = require('pino') as typeof import('pino')
    const write = stderr.isTTY === true ? prettyWriter(view, env) : (line: string) => view.say(line.trimEnd())
    return pino({ name: 'anabranch', level: 'info' }, { write })
  }
  const child = (bindings: Record<string, unknown>) => {
    made ??= make()
    return made.child(bindings)
  }
  return { child } as unknown as Log
}

function prettyWriter(view: RunView, env: Readonly<Record<string, string | undefined>>): (line: string) => void {
  const { prettyFactory } = require('pino-pretty') as typeof import('pino-pretty')
  const pretty = prettyFactory({
    colorize: !env.NO_COLOR,
    ignore: 'pid,hostname,name,pipeline,session',
    translateTime: 'HH:MM:ss',
  })
  return (line) => view.say(String(pretty(line)).trimEnd())
}
