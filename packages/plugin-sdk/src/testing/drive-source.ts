import type { RecordBody } from '../record-body.ts'
import type { StandaloneContext } from '../standalone-context.ts'
import type { Values } from '../values.ts'
import type { Driver, Report } from './driver.ts'

/** The source form: each push pulls once. */
export function sourceDriver(body: RecordBody, context: StandaloneContext, report: Report): Driver {
  let items: Iterator<Values> | AsyncIterator<Values> | undefined
  let generation = 0
  const iterator = () => {
    const made = body.source?.(context) as Partial<AsyncIterable<Values> & Iterable<Values>>
    return made[Symbol.asyncIterator]?.() ?? made[Symbol.iterator]?.() ?? [][Symbol.iterator]()
  }
  return {
    push: async () => {
      const mine = generation
      items ??= iterator()
      const result = await items.next()
      if (mine !== generation) return
      if (result.done === true) report.complete()
      else report.emit(result.value)
    },
    end: async () => {
      await items?.return?.()
      report.complete()
    },
    cancel: () => {
      generation++
    },
  }
}
