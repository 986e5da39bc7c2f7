import { createExecutor, type Pipeline } from '@anabranch/runtime'
import { pino } from 'pino'

/** Everything from `debug` up, as JSON lines to wherever `write` leads. */
export function loggedExecutor(pipeline: Pipeline, write: (line: string) => void) {
  return createExecutor(pipeline, { log: pino({ level: 'debug' }, { write }) })
}
